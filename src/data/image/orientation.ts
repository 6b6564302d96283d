// How a camera held a picture, as Exif tells it (Exif 2.32, section 4.6.4, tag 274 in a TIFF directory).

import { asciiAt, viewOf } from '../bytes.ts';
import type { Pixels } from './pixels.ts';

const TAG = 274;
const SHORT = 3;
const ENTRY_BYTES = 12;

/** 1 to 8; 1, upright, where the block of Exif data says nothing that can be read. */
export function exifOrientation(exif: Uint8Array): number {
  const isLittle = asciiAt(exif, 0, 2) === 'II';
  const view = viewOf(exif);
  const short = (at: number) => (at + 2 <= exif.length ? view.getUint16(at, isLittle) : 0);
  if ((!isLittle && asciiAt(exif, 0, 2) !== 'MM') || exif.length < 8 || short(2) !== 42) return 1;
  const directory = view.getUint32(4, isLittle);
  const count = short(directory);
  for (let entry = directory + 2; entry < directory + 2 + count * ENTRY_BYTES; entry += ENTRY_BYTES) {
    if (entry + ENTRY_BYTES > exif.length) return 1;
    if (short(entry) !== TAG || short(entry + 2) !== SHORT) continue;
    const orientation = short(entry + 8);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

/** The picture as it is to be seen: orientations above 4 exchange its sides. */
export function upright(pixels: Pixels, orientation: number): Pixels {
  if (orientation === 1) return pixels;
  const { width, height, channels, data } = pixels;
  const exchanges = orientation > 4;
  const [columns, rows] = exchanges ? [height, width] : [width, height];
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBelow = [3, 4, 6, 7].includes(orientation);
  const turned = new Uint8Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = exchanges ? [row, column] : [column, row];
      const from = ((fromBelow ? height - 1 - y : y) * width + (fromRight ? width - 1 - x : x)) * channels;
      const to = (row * columns + column) * channels;
      for (let c = 0; c < channels; c++) turned[to + c] = data[from + c]!;
    }
  }
  return { width: columns, height: rows, channels, data: turned };
}
