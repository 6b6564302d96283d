// Weights as they are drawn: on bytes, as cells, and text as signs.

import { expect, test } from 'vitest';
import { segmentsOf } from '../../patterns/index.ts';
import { byteGlyphs } from '../byteGlyphs.ts';
import { brightness, heaviest, seenBytes, seenPixels, shownFrom, topKeys } from './seen.ts';
import { drawnCells } from './weightCells.ts';

const row = {
  ...{ layer: 0, head: 0, query: 4 },
  segments: [
    { factor: 'local', keys: Uint32Array.of(3, 4), weights: Float32Array.of(0.25, 0.125) },
    { factor: 'column', keys: Uint32Array.of(0, 3), weights: Float32Array.of(0.125, 0.5) },
  ],
} as const;

test('a key lies on the byte before it, the first on the start, and two factors add up', () => {
  const { bytes, start, highest } = seenBytes(row);
  expect(Object.fromEntries(bytes)).toEqual({
    2: { factor: 'column', weight: 0.75 },
    3: { factor: 'local', weight: 0.125 },
  });
  expect(start).toMatchObject({ factor: 'column', weight: 0.125 });
  expect(highest).toBe(0.75);
  expect([...seenBytes(row, 10).bytes.keys()]).toEqual([12, 13]);
  expect(seenBytes(null).bytes.size).toBe(0);
});

test('the bytes of a pixel are seen together, and those of another picture are left out', () => {
  const picture = { width: 2, height: 1, channels: 3 };
  const seen = seenBytes(row);
  expect(Object.fromEntries(seenPixels(seen, picture, 0).pixels)).toMatchObject({
    0: { factor: 'column', weight: 0.75 },
    1: { factor: 'local', weight: 0.125 },
  });
  const wider = seenPixels(seen, { ...picture, channels: 4 }, 0);
  expect(wider.pixels.get(0)).toMatchObject({ factor: 'column', weight: 0.875 });
  expect(wider.highest).toBe(0.875);
  expect(seenPixels(seen, picture, 6).pixels.size).toBe(0);
  expect(seenPixels(seenBytes(row, 6), picture, 6).pixels.size).toBe(2);
});

test('of a stretch of samples, the heaviest is drawn', () => {
  const seen = seenBytes(row);
  expect(heaviest(0, 4, seen)).toEqual({ factor: 'column', share: 1 });
  expect(heaviest(3, 9, seen)).toEqual({ factor: 'local', share: 0.125 / 0.75 });
  expect(heaviest(0, 2, seen)).toEqual({ factor: null, share: 0 });
});

test('the heaviest keys come first, of equals the later', () => {
  expect(topKeys(row, 2).map(({ key }) => key)).toEqual([3, 4]);
  expect(topKeys(row, 9).map(({ key }) => key)).toEqual([3, 4, 0]);
  expect(brightness(0.25, 1)).toBe(0.5);
  expect(brightness(1, 0)).toBe(0);
});

test('a long text stays where it is while the byte that looks is in sight', () => {
  expect(shownFrom(0, 70, 1000, 100)).toBe(0);
  expect(shownFrom(0, 100, 1000, 100)).toBe(50);
  expect(shownFrom(50, 149, 1000, 100)).toBe(50);
  expect(shownFrom(50, 49, 1000, 100)).toBe(0);
  expect(shownFrom(50, 999, 1000, 100)).toBe(900);
  expect(shownFrom(900, 1000, 1000, 100)).toBe(900);
  // Another text, which is shorter.
  expect(shownFrom(900, 40, 60, 100)).toBe(0);
});

test('cells are allowed by the pattern, and bright by the weights', () => {
  const segments = segmentsOf(['local', 'column'], { stride: 2, summaryCells: 1, nHead: 1 }, 6);
  const whole = { queries: { from: 0, to: 6 }, keys: { from: 0, to: 6 } };
  const weights = new Float32Array(36);
  weights[4 * 6 + 2] = 1;
  const none = new Float32Array(36);
  const map = {
    head: 0,
    segments: [
      { factor: 'local', weights: none },
      { factor: 'column', weights },
    ] as const,
  };
  const cells = drawnCells(map, segments, whole, { rows: 6, columns: 6 });
  const line = (query: number) => [...cells.factor.subarray(query * 6, query * 6 + 6)];
  expect(line(4)).toEqual([1, -1, 1, 0, 0, -1]);
  expect(line(0)).toEqual([0, -1, -1, -1, -1, -1]);
  expect(cells.brightness[4 * 6 + 2]).toBe(1);
  expect(cells.brightness.filter((value) => value > 0).length).toBe(1);
});

test('every byte has its place: characters on their first byte, controls and stray bytes by signs', () => {
  const glyphs = byteGlyphs(Uint8Array.of(0x61, 0x0a, 0xc3, 0xbc, 0xff, 0x07, 0xe2, 0x82));
  expect(glyphs.map(({ sign }) => sign)).toEqual(['a', '↵', 'ü', '', 'ff', '␇', 'e2', '82']);
  expect(glyphs[1]?.name).toBe('line end');
});
