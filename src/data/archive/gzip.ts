// gzip, by the platform's decoder, which verifies the checksum.

import { Failure } from '../../lib/errors.ts';
import { DEFLATE_RATIO, Gathered, viewOf } from '../bytes.ts';
import type { Allowance } from './allowance.ts';

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * The content of a gzip file, taken from the allowance. It is read piece by piece, so that a small file that expands without
 * end costs no more memory than is allowed; `pause` is awaited at each. Throws what that throws, and a `Failure` 'bad-file'.
 */
export async function gunzip(
  bytes: Uint8Array,
  allowance: Allowance,
  pause: () => Promise<void>,
): Promise<Uint8Array> {
  const maxBytes = allowance.bytes;
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader();
  // The last four bytes promise a length. Where they lie, there is room for the most that can come: memory that is not
  // written to costs nothing, but copying it from one array to a larger one does.
  const most = Math.min(maxBytes, DEFLATE_RATIO * bytes.length);
  const content = new Gathered();
  let expected = Math.min(most, bytes.length < 18 ? 0 : viewOf(bytes).getUint32(bytes.length - 4, true));
  content.reserve(expected);
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      // The decoder is ahead: without this, nothing else would have a turn until the end.
      await pause();
      if (content.length + piece.value.length > maxBytes) throw allowance.tooMuch();
      if (content.length + piece.value.length > expected && expected < most) {
        expected = most;
        content.reserve(most - content.length);
      }
      content.append(piece.value);
    }
  } catch (cause) {
    void reader.cancel().catch(() => {});
    if (cause instanceof Failure) throw cause;
    // Browsers do not read several in one file, which Node does.
    const reason =
      'the gzip file is damaged or incomplete, or several in one; download it again, or unpack it first';
    throw new Failure('bad-file', reason, { cause });
  }
  allowance.take(content.length, 1);
  return content.whole();
}
