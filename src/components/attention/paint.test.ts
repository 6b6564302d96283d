import { expect, test } from 'vitest';
import { distinctHeads } from '../../patterns/index.ts';
import { patternPainter } from './paint.ts';
import type { Palette } from './palette.ts';
import type { View } from './view.ts';

const grey = [9, 9, 9] as const;
const palette = {
  empty: grey,
  factors: new Proxy({}, { get: () => [200, 100, 0] }),
} as unknown as Palette;

/** How many pixels of each row, from the left, are painted at all. */
function edgeOf(length: number, side: number, view: View): number[] {
  const heads = distinctHeads([['dense']], { stride: 4, summaryCells: 1, nHead: 1 }, length);
  const pixels = { data: new Uint8ClampedArray(4 * side * side), width: side, height: side };
  patternPainter(heads, length)(pixels, view, palette);
  return Array.from({ length: side }, (_, y) => {
    const row = Array.from({ length: side }, (_, x) => pixels.data[4 * (y * side + x) + 3]);
    return row.filter((alpha) => alpha === 255).length;
  });
}

test('the cell of a position itself is painted as a whole', () => {
  const edge = edgeOf(16, 80, { query: 0, key: 0, span: 16 });
  expect(edge).toEqual(Array.from({ length: 80 }, (_, y) => 5 * (Math.floor(y / 5) + 1)));
  const zoomed = edgeOf(4096, 80, { query: 2980, key: 2972, span: 16 });
  expect(zoomed).toEqual(Array.from({ length: 80 }, (_, y) => Math.min(80, 5 * (Math.floor(y / 5) + 9))));
});

test('where pixels hold many cells, the edge is the diagonal', () => {
  expect(edgeOf(2 ** 20, 100, { query: 0, key: 0, span: 2 ** 20 })).toEqual(
    Array.from({ length: 100 }, (_, y) => y + 1),
  );
});
