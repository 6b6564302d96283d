// gzip, by the platform's decoder, which verifies the checksum.

import { Failure } from '../../lib/errors.ts';
import { Gathered, viewOf } from '../bytes.ts';
import type { Allowance } from './allowance.ts';

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * The content of a gzip file, taken from the allowance. It is read piece by piece, so that a small file that expands without
 * end costs no more memory than is allowed. Throws a `Failure` 'bad-file'.
 */
export async function gunzip(bytes: Uint8Array, allowance: Allowance): Promise<Uint8Array> {
  const maxBytes = allowance.bytes;
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader();
  const content = new Gathered();
  content.reserve(expectedBytes(bytes, maxBytes));
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (content.length + piece.value.length > maxBytes) {
        await reader.cancel();
        throw allowance.tooMuch();
      }
      content.append(piece.value);
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    // Browsers do not read several in one file, which Node does.
    const reason =
      'the gzip file is damaged or incomplete, or several in one; download it again, or unpack it first';
    throw new Failure('bad-file', reason, { cause });
  }
  allowance.take(content.length, 1);
  return content.whole();
}

/**
 * What the last four bytes promise, as far as it can be true; otherwise the most that can come. This only saves copies:
 * they may lie, and memory that is not written to costs nothing.
 */
function expectedBytes(bytes: Uint8Array, maxBytes: number): number {
  const most = Math.min(maxBytes, MAX_RATIO * bytes.length);
  const said = bytes.length < 18 ? 0 : viewOf(bytes).getUint32(bytes.length - 4, true);
  return Math.min(said, most);
}

/** Deflate packs no more than so many bytes into one. */
export const MAX_RATIO = 1032;
