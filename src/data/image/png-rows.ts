// The rows of a PNG file: the filters that made them compress well, and their samples of 1 to 16 bits.

import type { Pixels } from './pixels.ts';

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: number;
  readonly colour: Colour;
  readonly interlaced: boolean;
}

/** Grey, RGB, palette, grey and alpha, RGB and alpha. */
export type Colour = 0 | 2 | 3 | 4 | 6;

/** What else than a header the rows need. */
export interface PngTables {
  /** RGB of each colour. */
  readonly palette: Uint8Array;
  /** Alpha of the first palette entries; or the one grey or RGB, 16 bits each, that is transparent. */
  readonly transparency: Uint8Array | undefined;
}

/** A picture, or one of the seven interlaced ones: its pixel (column, row) is the whole's (x + column dx, y + row dy). */
export interface Pass {
  readonly columns: number;
  readonly rows: number;
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

/** Undoes a row's filter in place; false where there is no such filter. `above` is the row before, or zeros. */
export function unfilter(filter: number, row: Uint8Array, above: Uint8Array, pixelBytes: number): boolean {
  if (filter > 4) return false;
  if (filter === 2) for (let i = 0; i < row.length; i++) row[i]! += above[i]!;
  if (filter === 0 || filter === 2) return true;
  for (let i = 0; i < row.length; i++) {
    const left = i < pixelBytes ? 0 : row[i - pixelBytes]!;
    if (filter === 1) row[i]! += left;
    else if (filter === 3) row[i]! += (left + above[i]!) >> 1;
    else row[i]! += paeth(left, above[i]!, i < pixelBytes ? 0 : above[i - pixelBytes]!);
  }
  return true;
}

/** Whichever of left, up and upper left is nearest to left + up - upper left, the first where two are. */
export function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Sample `index` of a row, of `depth` bits, most significant bit first. */
function sampleAt(row: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return row[index]!;
  if (depth === 16) return 256 * row[2 * index]! + row[2 * index + 1]!;
  const bit = index * depth;
  return (row[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/** Writes a row's pixels where they belong in the whole picture. */
export function unpackRow(
  row: Uint8Array,
  { depth, colour }: PngHeader,
  { palette, transparency }: PngTables,
  { width, channels, data }: Pixels,
  { columns, x, y, dx, dy }: Pass,
  line: number,
): void {
  const samples = colour === 2 ? 3 : colour === 6 ? 4 : colour === 4 ? 2 : 1;
  const first = (y + line * dy) * width + x;
  if (colour === 3) {
    for (let column = 0; column < columns; column++) {
      const to = (first + column * dx) * channels;
      const index = sampleAt(row, column, depth);
      for (let c = 0; c < 3; c++) data[to + c] = palette[3 * index + c] ?? 0;
      if (transparency) data[to + 3] = transparency[index] ?? 255;
    }
    return;
  }
  // Most pictures need no more than this.
  if (depth >= 8 && dx === 1 && !transparency) {
    if (depth === 8) data.set(row, first * channels);
    else for (let i = 0; i < columns * samples; i++) data[first * channels + i] = rounded(row, i);
    return;
  }
  const largest = 2 ** depth - 1;
  const seeThrough = transparency && keyOf(transparency, samples);
  for (let column = 0; column < columns; column++) {
    const to = (first + column * dx) * channels;
    let isKey = true;
    for (let c = 0; c < samples; c++) {
      const sample = sampleAt(row, column * samples + c, depth);
      if (seeThrough) isKey &&= sample === seeThrough[c];
      data[to + c] = Math.round((255 * sample) / largest);
    }
    if (seeThrough) data[to + samples] = isKey ? 0 : 255;
  }
}

/** A 16-bit sample in 8 bits. */
const rounded = (row: Uint8Array, index: number): number =>
  Math.round((256 * row[2 * index]! + row[2 * index + 1]!) / 257);

/** The one colour that is transparent, 16 bits a sample. */
function keyOf(transparency: Uint8Array, samples: number): number[] {
  return Array.from({ length: samples }, (_, c) => 256 * transparency[2 * c]! + transparency[2 * c + 1]!);
}
