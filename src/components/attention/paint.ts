// A pattern as pixels: each pixel has the colour of the factors that fill it, the brighter the more they do. The
// future, which nobody may look at, is left transparent.

import { distinctSegments, type PatternHead } from '../../patterns/index.ts';
import { emptyRow, factorsOf, type RowShares, rowCoverage } from './coverage.ts';
import type { Palette, Rgb } from './palette.ts';
import type { View } from './view.ts';

/** RGBA, row by row, as `ImageData` holds it. */
export interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Fills `pixels`, a square, with the part of a matrix that `view` shows. */
export type Painter = (pixels: Pixels, view: View, palette: Palette) => void;

/** The faintest that anything is drawn: a thin line through a million positions is still seen. */
const FAINTEST = 0.3;

const ROUNDING = 1e-6;

/** How strongly a cell of which a share is filled is coloured; nothing only for nothing. */
export function strength(share: number): number {
  return share <= 0 ? 0 : Math.min(1, FAINTEST + (1 - FAINTEST) * Math.sqrt(Math.min(1, share)));
}

/** The painter of what heads of a layer, or of several, may look at, over `length` positions. */
export function patternPainter(heads: readonly PatternHead[], length: number): Painter {
  const once = distinctSegments(heads);
  const factors = factorsOf(heads);
  return (pixels, view, palette) => {
    const { width, height } = pixels;
    const row = emptyRow(factors, width);
    const perPixel = view.span / height;
    for (let y = 0; y < height; y++) {
      rowCoverage(once, view, length, y, width, row);
      // Where a cell has many pixels, a position's own cell is past as a whole.
      const reached = view.query + (y + 1) * perPixel;
      const afterLast = perPixel < 1 ? Math.ceil(reached - ROUNDING) : reached;
      const past = Math.ceil((afterLast - view.key) / perPixel - ROUNDING);
      paintRow(pixels, y, Math.min(width, past), row, palette);
    }
  };
}

function paintRow(pixels: Pixels, y: number, past: number, row: RowShares, palette: Palette): void {
  const { data, width } = pixels;
  data.fill(0, y * width * 4, (y + 1) * width * 4);
  const layers = [...row].map(([factor, share]) => ({ share, colour: palette.factors[factor] }));
  const { empty } = palette;
  for (let x = 0; x < past; x++) {
    let total = 0;
    let [red, green, blue] = [0, 0, 0];
    for (const { share, colour } of layers) {
      const part = share[x] ?? 0;
      total += part;
      red += part * colour[0];
      green += part * colour[1];
      blue += part * colour[2];
    }
    const alpha = strength(total);
    const at = (y * width + x) * 4;
    data[at] = total > 0 ? empty[0] + alpha * (red / total - empty[0]) : empty[0];
    data[at + 1] = total > 0 ? empty[1] + alpha * (green / total - empty[1]) : empty[1];
    data[at + 2] = total > 0 ? empty[2] + alpha * (blue / total - empty[2]) : empty[2];
    data[at + 3] = 255;
  }
}

/** Sets one opaque pixel of RGBA data. */
export function setPixel(data: Uint8ClampedArray, index: number, [red, green, blue]: Rgb): void {
  data[index * 4] = red;
  data[index * 4 + 1] = green;
  data[index * 4 + 2] = blue;
  data[index * 4 + 3] = 255;
}
