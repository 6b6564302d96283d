import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { densePairs, headGroupPairs, headPairs, segmentPairs } from './cost.ts';
import { segmentsOf } from './factors.ts';
import { type Factor, keyRange, queryOf } from './segment.ts';
import { headOfPattern, keysByDefinition } from './testing.ts';

test('pairs are those that the definitions count, and those of the segments add up', () => {
  fc.assert(
    fc.property(headOfPattern, ({ factors, geometry, head, length }) => {
      const segments = segmentsOf(factors, geometry, length);
      const positions = Array.from({ length }, (_, i) => i);
      const expected = positions.reduce(
        (pairs, i) => pairs + keysByDefinition(factors, i, geometry, head).length,
        0,
      );
      expect(headPairs(segments, head, length)).toBe(expected);
      for (const segment of segments) {
        const ranges = positions.map((i) => keyRange(segment, head, queryOf(segment, i).row));
        expect(segmentPairs(segment, head, length)).toBe(
          ranges.reduce((sum, { lo, hi }) => sum + hi - lo, 0),
        );
      }
    }),
    { numRuns: 500 },
  );
});

test('a head group costs what its heads cost', () => {
  const segments = segmentsOf(['summary'], { stride: 8, summaryCells: 2, nHead: 4 }, 37);
  const heads = [1, 2].map((head) => headPairs(segments, head, 37));
  expect(headGroupPairs({ firstHead: 1, nHead: 2, segments }, 37)).toBe(heads[0]! + heads[1]!);
});

describe('the mean keys of a query, as published experiments have them', () => {
  const table: [Factor, Factor, number, number, number, number, number, number][] = [
    // A(1), A(2), n, l, c, mean keys of A(1), A(2) and both merged
    ['local', 'column', 3072, 96, 1, 94.5, 16.5, 110],
    ['local', 'column', 12_288, 128, 1, 127.3, 48.5, 174.8],
    ['local', 'column', 65_536, 256, 1, 255.5, 128.5, 383],
    ['local', 'column', 1_048_576, 1024, 1, 1023.5, 512.5, 1535],
    ['ownBlock', 'summary', 12_288, 128, 32, 64.5, 1524, 1584],
    ['ownBlock', 'summary', 12_288, 128, 8, 64.5, 380, 444],
    ['local', 'column', 1024, 32, 1, 31.5, 16.5, 47],
    ['ownBlock', 'summary', 4096, 128, 8, 64.5, 124, 188],
  ];
  test.each(table)(
    '%s and %s, n %d, l %d, c %d',
    (first, second, n, stride, summaryCells, a1, a2, merged) => {
      const geometry = { stride, summaryCells, nHead: 1 };
      const mean = (...factors: Factor[]) => headPairs(segmentsOf(factors, geometry, n), 0, n) / n;
      const near = (value: number, expected: number) => expect(Math.abs(value - expected)).toBeLessThan(0.7);
      near(mean(first), a1);
      near(mean(second), a2);
      near(mean(first, second), merged);
    },
  );

  test('a quarter of dense for the text experiment: 24.8 % and 25.8 %', () => {
    const geometry = { stride: 128, summaryCells: 32, nHead: 8 };
    const n = 12_288;
    const share = (...factors: Factor[]) => headPairs(segmentsOf(factors, geometry, n), 0, n) / densePairs(n);
    expect(share('summary')).toBeCloseTo(0.248, 3);
    expect(share('ownBlock', 'summary')).toBeCloseTo(0.258, 3);
  });
});
