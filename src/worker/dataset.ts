// The file that the person opened: its bytes, what identifies it, and what the page shows of it.

import { sha256 } from '../checkpoint/runs.ts';
import type { DataIdentity } from '../checkpoint/weights.ts';
import { splitParts } from '../data/split.ts';
import { previewText, readText } from '../data/text.ts';
import { entropyBitsPerByte, gzipBitsPerByte } from '../data/yardsticks.ts';
import type { DatasetInfo } from '../protocol/index.ts';

export interface Dataset {
  readonly info: DatasetInfo;
  readonly identity: DataIdentity;
  readonly bytes: Uint8Array;
}

/** Of longer held-out data, the start is compressed: enough for a yardstick, and soon done. */
const GZIP_BYTES = 4 * 2 ** 20;

/** Reads a file. Throws a `Failure` 'bad-file' for one that cannot be learnt from. */
export async function openDataset(file: File): Promise<Dataset> {
  const bytes = await readText(file);
  const identity: DataIdentity = {
    name: file.name,
    sizeBytes: bytes.length,
    sha256: await sha256(bytes),
  };
  const { train, val, test } = splitParts(bytes);
  return {
    identity,
    bytes,
    info: {
      id: identity.sha256,
      name: file.name,
      kind: 'text',
      sizeBytes: bytes.length,
      trainBytes: train.length,
      validationBytes: val.length,
      testBytes: test.length,
      gzipBitsPerByte: gzipBitsPerByte(val.subarray(0, GZIP_BYTES)),
      entropyBitsPerByte: entropyBitsPerByte(bytes),
      preview: previewText(bytes),
    },
  };
}
