// What is painted and what is exported: a pattern's cells in its colours, nothing of the future, and words for it.

import { expect, test } from 'vitest';
import { distinctHeads, FACTORS, headPairs, runsOf, segmentsOf } from '../../patterns/index.ts';
import { matrixSvg } from './exportMatrix.ts';
import { patternPainter, strength } from './paint.ts';
import type { Palette, Rgb } from './palette.ts';
import { wholeView } from './view.ts';
import { queryWords } from './words.ts';

const black: Rgb = [0, 0, 0];
const palette: Palette = {
  factors: Object.fromEntries(
    FACTORS.map((factor, index) => [factor, [10 + index, 0, 0]]),
  ) as unknown as Palette['factors'],
  empty: [200, 200, 200],
  card: [255, 255, 255],
  line: black,
  text: black,
  dim: black,
  accent: black,
};
const geometry = { stride: 8, summaryCells: 2, nHead: 1 };
const length = 64;
const heads = distinctHeads([['ownBlock', 'summary']], geometry, length);

test('a pixel a cell: the colour of the factor where a pair is, empty where none is, nothing in the future', () => {
  const data = new Uint8ClampedArray(length * length * 4);
  patternPainter(heads, length)({ data, width: length, height: length }, wholeView(length), palette);
  let pairs = 0;
  for (let query = 0; query < length; query++) {
    for (let key = 0; key < length; key++) {
      const [red, , , alpha] = data.subarray((query * length + key) * 4);
      expect(alpha).toBe(key <= query ? 255 : 0);
      if (key <= query && red !== 200) {
        pairs++;
        expect([10 + FACTORS.indexOf('ownBlock'), 10 + FACTORS.indexOf('summary')]).toContain(red);
      }
    }
  }
  expect(pairs).toBe(headPairs(segmentsOf(['ownBlock', 'summary'], geometry, length), 0, length));
});

test('less is paler, and something is never nothing', () => {
  expect(strength(0)).toBe(0);
  expect(strength(1e-6)).toBeGreaterThan(0.2);
  expect(strength(0.2)).toBeLessThan(strength(0.8));
  expect(strength(1)).toBe(1);
});

test('an SVG holds title, legend, the marked row, and as much area as there are pairs', () => {
  const picture = {
    heads,
    length,
    view: wholeView(length),
    query: 52,
    title: 'Fixed <1>',
    words: 'a & b',
    palette,
  };
  const svg = matrixSvg(picture);
  expect(svg).toContain('Fixed &lt;1&gt;');
  expect(svg).toContain('a &amp; b');
  expect(svg).toContain('own block');
  expect(svg).toContain('position 52 marked');
  expect(svg).not.toMatch(/NaN|undefined/);
  const cell = 1200 / length;
  const widths = [...svg.matchAll(/h([\d.]+)v[\d.]+H/g)].map(([, width]) => Number(width));
  const pairs = headPairs(heads[0]?.segments ?? [], 0, length);
  expect(widths.reduce((sum, width) => sum + width, 0) / cell).toBeCloseTo(pairs, 0);
  for (const view of [
    { query: 32, key: 0, span: 16 },
    { query: 0, key: 40, span: 16 },
    { query: 20.5, key: 12.25, span: 30 },
  ]) {
    expect(matrixSvg({ ...picture, view })).not.toMatch(/NaN|undefined/);
  }
});

test('a query in words', () => {
  const strided = distinctHeads([['local', 'column']], geometry, length);
  expect(queryWords(52, runsOf(strided, 52))).toBe(
    'Position 52 looks at 14 positions: local 45–52, column 4, 12 … 44 (6, every 8).',
  );
  expect(queryWords(0, runsOf(strided, 0))).toBe('Position 0 looks at 1 position: local 0.');
  const previous = distinctHeads([['previousBlock']], geometry, length);
  expect(queryWords(3, runsOf(previous, 3))).toBe('Position 3 looks at nothing.');
  const both = [...strided, ...distinctHeads([['dense']], geometry, length)];
  expect(queryWords(40, runsOf(both, 40))).toMatch(/looks at 41 positions/);
});
