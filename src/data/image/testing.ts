// PNG files of every kind for tests, written in the plainest way, and .npy files.

import { zlibSync } from 'fflate';
import { hash4 } from '../../lib/random.ts';
import { viewOf } from '../bytes.ts';
import type { Pixels } from './pixels.ts';
import type { Colour } from './png-rows.ts';
import { pngFile } from './png-write.ts';

export interface PngKind {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: Colour;
  readonly interlaced?: boolean;
  /** Whether a colour, or a part of the palette, is transparent. */
  readonly keyed?: boolean;
  /** The filter of every row; without it, row y has filter y mod 5. */
  readonly filter?: number;
  readonly seed?: number;
}

export interface MadePng {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly pixels: Pixels;
}

const SAMPLES: Readonly<Record<Colour, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Every colour type with every depth that it may have. */
export const PNG_KINDS: readonly (readonly [colour: Colour, depth: number])[] = [
  ...([1, 2, 4, 8, 16] as const).map((depth) => [0, depth] as const),
  ...([8, 16] as const).map((depth) => [2, depth] as const),
  ...([1, 2, 4, 8] as const).map((depth) => [3, depth] as const),
  ...([8, 16] as const).map((depth) => [4, depth] as const),
  ...([8, 16] as const).map((depth) => [6, depth] as const),
];

/** A file of random samples, and the pixels that it should decode to. */
export function makePng(kind: PngKind): MadePng {
  const { width, height, depth, colour, interlaced = false, keyed = false, seed = 1 } = kind;
  const perPixel = SAMPLES[colour];
  const largest = 2 ** depth - 1;
  // Few different values, so that the transparent one occurs.
  const sample = (x: number, y: number, c: number) =>
    ((hash4(seed, x, y, c) % 4) * Math.max(1, Math.floor(largest / 3))) & largest;
  const palette = Uint8Array.from({ length: 3 * (largest + 1) }, (_, i) => hash4(seed, i, 5, 5) & 255);
  const alphas = Uint8Array.from({ length: Math.min(3, largest + 1) }, (_, i) => 80 * i);
  const key = Array.from({ length: perPixel }, (_, c) => sample(0, 0, c));
  const transparency =
    colour === 3 ? alphas : Uint8Array.from(key.flatMap((value) => [value >> 8, value & 255]));

  const grids = interlaced
    ? [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ]
    : [[0, 0, 1, 1]];
  const lines: number[] = [];
  for (const [x0 = 0, y0 = 0, dx = 1, dy = 1] of grids) {
    if (x0 >= width) continue;
    let above: number[] = [];
    for (let y = y0, row = 0; y < height; y += dy, row++) {
      let bits = '';
      for (let x = x0; x < width; x += dx) {
        for (let c = 0; c < perPixel; c++) bits += sample(x, y, c).toString(2).padStart(depth, '0');
      }
      const bytes = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
      const filter = kind.filter ?? row % 5;
      lines.push(filter, ...filtered(bytes, above, filter, Math.max(1, (depth * perPixel) >> 3)));
      above = bytes;
    }
  }
  const header = new Uint8Array(13);
  viewOf(header).setUint32(0, width);
  viewOf(header).setUint32(4, height);
  header.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  const packed = zlibSync(Uint8Array.from(lines));
  const half = packed.length >> 1;
  const file = pngFile([
    ['IHDR', header],
    ['tEXt', new TextEncoder().encode('Title\0test')],
    ...(colour === 3 ? [['PLTE', palette] as const] : []),
    ...(keyed ? [['tRNS', transparency] as const] : []),
    ['IDAT', packed.subarray(0, half)],
    ['IDAT', packed.subarray(half)],
    ['IEND', new Uint8Array()],
  ]);

  const colours = colour === 0 || colour === 4 ? 1 : 3;
  const channels = (colours + (colour >= 4 || keyed ? 1 : 0)) as Pixels['channels'];
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const values = Array.from({ length: perPixel }, (_, c) => sample(x, y, c));
      const scaled = values.map((value) => Math.round((255 * value) / largest));
      const isKey = values.every((value, c) => value === key[c]);
      const [index = 0] = values;
      const pixel =
        colour === 3
          ? [...palette.subarray(3 * index, 3 * index + 3), ...(keyed ? [alphas[index] ?? 255] : [])]
          : [...scaled, ...(keyed ? [isKey ? 0 : 255] : [])];
      data.set(pixel, (y * width + x) * channels);
    }
  }
  return { file, pixels: { width, height, channels, data } };
}

/** The same PNG file with Exif data that tells how it was held, in one byte order or the other. */
export function withOrientation(
  file: Uint8Array,
  orientation: number,
  isLittle = true,
): Uint8Array<ArrayBuffer> {
  const exif = new Uint8Array(26);
  const view = viewOf(exif);
  exif.set(new TextEncoder().encode(isLittle ? 'II' : 'MM'));
  view.setUint16(2, 42, isLittle);
  view.setUint32(4, 8, isLittle);
  // A directory of one entry: tag, type (two bytes), count, value.
  for (const [at, value] of [1, 274, 3].entries()) view.setUint16(8 + 2 * at, value, isLittle);
  view.setUint32(14, 1, isLittle);
  view.setUint16(18, orientation, isLittle);
  const chunk = pngFile([['eXIf', exif]]).subarray(8);
  return Uint8Array.of(...file.subarray(0, 33), ...chunk, ...file.subarray(33));
}

/** A row under a filter, by the standard's formulas. */
function filtered(row: readonly number[], above: readonly number[], filter: number, step: number): number[] {
  return row.map((byte, i) => {
    const a = row[i - step] ?? 0;
    const b = above[i] ?? 0;
    const c = i >= step ? (above[i - step] ?? 0) : 0;
    const p = a + b - c;
    const nearest = [a, b, c].reduce((best, value) =>
      Math.abs(p - value) < Math.abs(p - best) ? value : best,
    );
    const predicted = [0, a, b, (a + b) >> 1, nearest][filter] ?? 0;
    return (byte - predicted) & 255;
  });
}

/** A .npy file of the numbers 0, 1, 2, ... in a shape. */
export function makeNpy(
  shape: readonly number[],
  { type = '|u1', order = 'False', version = 1 } = {},
): Uint8Array<ArrayBuffer> {
  const list = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${list}), }\n`;
  const size = shape.reduce((product, each) => product * each, 1);
  const lengthBytes = version === 1 ? [header.length, 0] : [header.length, 0, 0, 0];
  const data = Array.from({ length: size }, (_, i) => i & 255);
  return Uint8Array.of(
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    version,
    0,
    ...lengthBytes,
    ...new TextEncoder().encode(header),
    ...data,
  );
}
