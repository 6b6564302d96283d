// The size of a picture that a browser is to decode, from its first bytes: a small file can promise a picture that
// fills the memory.

import { asciiAt, viewOf } from '../bytes.ts';

export type PictureFormat = 'JPEG' | 'GIF' | 'WebP' | 'BMP' | 'AVIF';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The format of a picture that only a browser decodes; undefined where the bytes are none. */
export function pictureFormat(bytes: Uint8Array): PictureFormat | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'JPEG';
  if (/^GIF8[79]a/.test(asciiAt(bytes, 0, 6))) return 'GIF';
  if (asciiAt(bytes, 0, 4) === 'RIFF' && asciiAt(bytes, 8, 4) === 'WEBP') return 'WebP';
  if (/^ftypavi[fs]/.test(asciiAt(bytes, 4, 8))) return 'AVIF';
  // Two letters alone could begin a text: the four zeros and the header's length could not.
  const isBitmap = asciiAt(bytes, 0, 2) === 'BM' && bytes.length >= 26 && viewOf(bytes).getUint32(6) === 0;
  return isBitmap && [12, 40, 52, 56, 64, 108, 124].includes(viewOf(bytes).getUint32(14, true))
    ? 'BMP'
    : undefined;
}

/** The size that a file of this format promises; undefined where its header is cut, or cannot be read. */
export function pictureSize(bytes: Uint8Array, format: PictureFormat): PictureSize | undefined {
  try {
    return readers[format](bytes, viewOf(bytes));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type Reader = (bytes: Uint8Array, view: DataView) => PictureSize | undefined;

const readers: Readonly<Record<PictureFormat, Reader>> = {
  JPEG: jpegSize,
  GIF: (_, view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  WebP: webpSize,
  BMP: (_, view) =>
    view.getUint32(14, true) === 12
      ? { width: view.getUint16(18, true), height: view.getUint16(20, true) }
      : { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) },
  AVIF: avifSize,
};

/** From segment to segment until one that begins a frame: SOF0 to SOF15, but DHT, JPG and DAC. */
function jpegSize(bytes: Uint8Array, view: DataView): PictureSize | undefined {
  for (let at = 2; at < bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}

function webpSize(bytes: Uint8Array, view: DataView): PictureSize | undefined {
  const kind = asciiAt(bytes, 12, 4);
  const uint24 = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (kind === 'VP8X') return { width: 1 + uint24(24), height: 1 + uint24(27) };
  if (kind === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (kind !== 'VP8 ') return undefined;
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** From the boxes that tell sizes, wherever they are nested: the largest, since a picture may be made of tiles. */
function avifSize(bytes: Uint8Array, view: DataView): PictureSize | undefined {
  let largest: PictureSize | undefined;
  for (let at = 4; at + 16 <= Math.min(bytes.length, 4096); at++) {
    if (bytes[at] === 0x69 && asciiAt(bytes, at, 4) === 'ispe') {
      const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
      if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
    }
  }
  return largest;
}
