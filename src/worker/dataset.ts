// The data that the person opened: its bytes, what identifies it, and what the page shows of it.

import { sha256 } from '../checkpoint/runs.ts';
import type { DataIdentity } from '../checkpoint/weights.ts';
import { type Dataset, splitDataset } from '../data/dataset.ts';
import { itemBytes, type Medium } from '../data/medium.ts';
import { entropyBitsPerByte, gzipBitsPerByte } from '../data/yardsticks.ts';
import type { DatasetInfo } from '../protocol/index.ts';

export interface OpenData {
  readonly info: DatasetInfo;
  readonly identity: DataIdentity;
  readonly bytes: Uint8Array;
}

/** Of longer held-out data, the start is compressed: enough for a yardstick, and soon done. */
const GZIP_BYTES = 4 * 2 ** 20;
/** A page, and the rest of a character that it would cut. */
const PREVIEW_TEXT_BYTES = 404;
const PREVIEW_PICTURES = 48;
const PREVIEW_SECONDS = 10;

function previewBytes(medium: Medium): number {
  if (medium.kind === 'image') return PREVIEW_PICTURES * itemBytes(medium);
  return medium.kind === 'audio' ? PREVIEW_SECONDS * medium.rateHz : PREVIEW_TEXT_BYTES;
}

export async function measured(dataset: Dataset): Promise<OpenData> {
  const { name, medium, bytes, items, skipped, skippedCount } = dataset;
  const identity: DataIdentity = { name, sizeBytes: bytes.length, sha256: await sha256(bytes) };
  const { train, val, test } = splitDataset(dataset);
  return {
    identity,
    bytes,
    info: {
      ...{ id: identity.sha256, name, medium, items, skipped, skippedCount },
      sizeBytes: bytes.length,
      trainBytes: train.length,
      validationBytes: val.length,
      testBytes: test.length,
      gzipBitsPerByte: gzipBitsPerByte(val.subarray(0, GZIP_BYTES)),
      entropyBitsPerByte: entropyBitsPerByte(bytes),
      preview: bytes.slice(0, previewBytes(medium)),
    },
  };
}
