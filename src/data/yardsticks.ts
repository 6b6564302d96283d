// What a model's bits per byte are held against: a general compressor, and a guess that knows only how often
// each byte occurs.

import { gzipSync } from 'fflate';

/** Of fewer bytes, gzip's own header and tables would be most of the size. */
const FEWEST_BYTES = 1024;

/** Bits that gzip -9 needs for each byte; null where there are too few bytes to tell. */
export function gzipBitsPerByte(bytes: Uint8Array): number | null {
  return bytes.length < FEWEST_BYTES ? null : (8 * gzipSync(bytes, { level: 9 }).length) / bytes.length;
}

/** Entropy, in bits, of the distribution of single bytes. */
export function entropyBitsPerByte(bytes: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte]! += 1;
  let bits = 0;
  for (const count of counts) {
    if (count > 0) bits -= (count / bytes.length) * Math.log2(count / bytes.length);
  }
  return bits;
}
