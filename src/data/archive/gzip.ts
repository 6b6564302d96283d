// gzip, by the platform's decoder, which verifies the checksum.

import { Failure } from '../../lib/errors.ts';
import { joined, mebibytes } from '../bytes.ts';

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * The content of a gzip file. It is read piece by piece, so that a small file that expands without end costs no more
 * memory than `maxBytes`. Throws a `Failure` 'bad-file'.
 */
export async function gunzip(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value);
      size += piece.value.length;
      if (size > maxBytes) break;
    }
  } catch (cause) {
    const reason = 'the gzip file is damaged or incomplete; download or compress it again';
    throw new Failure('bad-file', reason, { cause });
  }
  if (size > maxBytes) {
    await reader.cancel();
    throw new Failure(
      'bad-file',
      `the gzip file holds more than ${mebibytes(maxBytes)}; unpack it, cut out a part, and open that`,
    );
  }
  return joined(pieces);
}
