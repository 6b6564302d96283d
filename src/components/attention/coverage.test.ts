// The picture of a pattern shows its pairs: all of them, and nothing above the diagonal.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { densePairs, headPairs, keysOf, PATTERN_FACTORS, segmentsOf } from '../../patterns/index.ts';
import { headOfPattern } from '../../patterns/testing.ts';
import { coverage } from './coverage.ts';

const geometry = { stride: 8, summaryCells: 2, nHead: 1 };

describe.each(['dense', 'local', 'strided', 'fixed'] as const)('%s', (pattern) => {
  const heads = (length: number) => [
    { head: 0, segments: segmentsOf(PATTERN_FACTORS[pattern], geometry, length) },
  ];

  test('cell by cell, each pair once', () => {
    const { cells, shares } = coverage(heads(64), 64, 64);
    const total = [...shares.values()].flatMap((share) => [...share]).reduce((sum, value) => sum + value, 0);
    expect(cells).toBe(64);
    expect(total).toBe(headPairs(heads(64)[0]!.segments, 0, 64));
  });

  test('in large cells, about the same share, and none of the future', () => {
    const length = 1024;
    const { cells, shares } = coverage(heads(length), length, 32);
    let total = 0;
    for (const share of shares.values()) {
      for (const [index, value] of share.entries()) {
        total += value;
        if (index % cells > Math.floor(index / cells)) expect(value).toBe(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }
    const pairs = total * (length / cells) ** 2;
    expect(pairs / headPairs(heads(length)[0]!.segments, 0, length)).toBeCloseTo(1, 0);
    expect(pairs).toBeLessThan(densePairs(length) * 1.05);
  });
});

test('a million positions take no time to draw', () => {
  const length = 2 ** 20;
  const segments = segmentsOf(PATTERN_FACTORS.strided, { ...geometry, stride: 1024 }, length);
  const { shares } = coverage([{ head: 0, segments }], length, 64);
  expect(shares.size).toBe(2);
});

test('a part of the square holds the same pairs as the whole does there, position by position', () => {
  fc.assert(
    fc.property(
      headOfPattern,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 70 }),
      ({ factors, geometry, head, length }, x, y, size) => {
        const span = Math.min(size, length);
        const [query, key] = [Math.floor(y * (length - span)), Math.floor(x * (length - span))];
        const segments = segmentsOf(factors, geometry, length);
        const { cells, shares } = coverage([{ head, segments }], length, 128, { query, key, span });
        expect(cells).toBe(span);
        for (let row = 0; row < span; row++) {
          const keys = new Set(keysOf(segments, head, query + row));
          for (let column = 0; column < span; column++) {
            const total = [...shares.values()].reduce((sum, share) => sum + share[row * cells + column]!, 0);
            expect(total).toBeCloseTo(keys.has(key + column) ? 1 : 0, 5);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});
