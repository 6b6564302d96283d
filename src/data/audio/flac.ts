// How long the sound of a FLAC file is once it is decoded (RFC 9639). Its header says so, but need not be true, and
// 65,535 silent samples take 14 bytes: only the headers of its frames, each with a checksum, tell what a decoder will make.

import { asciiAt, viewOf } from '../bytes.ts';

export interface FlacLength {
  readonly channels: number;
  readonly seconds: number;
}

/** A signature and 4 bytes of a block's header lie in front of STREAMINFO, of 34 bytes. */
const STREAM_INFO_AT = 8;
/** In Ogg, the signature stands behind a page's header. */
const SIGNATURE_WITHIN = 64;

/** The length of a FLAC file, alone or in Ogg; undefined where it is none, or its header cannot be read. */
export function flacLength(bytes: Uint8Array): FlacLength | undefined {
  const signature = asciiAt(bytes, 0, SIGNATURE_WITHIN).indexOf('fLaC');
  const at = signature + STREAM_INFO_AT;
  if (signature < 0 || bytes.length < at + 34) return undefined;
  const packed = viewOf(bytes).getUint32(at + 10);
  const rateHz = packed >>> 12;
  const channels = 1 + ((packed >>> 9) & 7);
  if (rateHz === 0) return undefined;
  let samples = 0;
  for (let frame = bytes.indexOf(0xff, at + 34); frame >= 0; frame = bytes.indexOf(0xff, frame + 1)) {
    samples += frameSamples(bytes, frame);
  }
  return { channels, seconds: samples / rateHz };
}

/** Samples of each channel in the frame whose header begins at a byte; 0 where none does. */
function frameSamples(bytes: Uint8Array, at: number): number {
  // Asked of every byte of 255, of which a file may have millions.
  if ((bytes[at + 1]! & 0xfe) !== 0xf8) return 0;
  const [sizes = 0, channels = 0, first = 0] = [bytes[at + 2], bytes[at + 3], bytes[at + 4]];
  const [size, rate] = [sizes >> 4, sizes & 15];
  if (size === 0 || rate === 15 || channels >> 4 > 10 || (channels & 1) === 1) return 0;
  // The frame's number is written as UTF-8 is, in as many bytes as the first has leading ones.
  const numberBytes = Math.max(1, Math.clz32(~first << 24));
  const sizeAt = at + 4 + numberBytes;
  const sizeBytes = size === 6 ? 1 : size === 7 ? 2 : 0;
  const rateBytes = rate === 12 ? 1 : rate > 12 ? 2 : 0;
  const end = sizeAt + sizeBytes + rateBytes;
  if (end >= bytes.length || crc8(bytes.subarray(at, end)) !== bytes[end]) return 0;
  if (size === 6) return 1 + bytes[sizeAt]!;
  if (size === 7) return 1 + viewOf(bytes).getUint16(sizeAt);
  if (size === 1) return 192;
  return size < 6 ? 576 << (size - 2) : 256 << (size - 8);
}

/** The checksum of a frame's header: of the polynomial x^8 + x^2 + x + 1. */
export function crc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 7 : 0)) & 0xff;
  }
  return crc;
}
