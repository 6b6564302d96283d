// Several pictures of one size as one: in rows, about as many as columns, with white between them.

import type { PictureShape } from './fit.ts';
import type { Pixels } from './pixels.ts';

const GAP = 2;

/** `pictures` are [height, width, channels] each, channel fastest, and at least one. */
export function sheetOf(pictures: readonly Uint8Array[], { height, width, channels }: PictureShape): Pixels {
  const columns = Math.ceil(Math.sqrt(pictures.length));
  const rows = Math.ceil(pictures.length / columns);
  const sheetWidth = columns * width + (columns - 1) * GAP;
  const sheetHeight = rows * height + (rows - 1) * GAP;
  const data = new Uint8Array(sheetWidth * sheetHeight * channels).fill(255);
  for (const [index, picture] of pictures.entries()) {
    const left = (index % columns) * (width + GAP);
    const top = Math.floor(index / columns) * (height + GAP);
    for (let y = 0; y < height; y++) {
      const row = picture.subarray(y * width * channels, (y + 1) * width * channels);
      data.set(row, ((top + y) * sheetWidth + left) * channels);
    }
  }
  return { width: sheetWidth, height: sheetHeight, channels, data };
}
