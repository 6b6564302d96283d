import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { segmentsOf } from './factors.ts';
import { keysOf, mask } from './mask.ts';
import {
  coversEveryKey,
  keyPosition,
  keyRange,
  keyRows,
  queryOf,
  queryPosition,
  queryRange,
  queryRows,
  type Segment,
} from './segment.ts';
import { headOfPattern, keysByDefinition, UNIONS } from './testing.ts';

/** Calls `visit` for every segment of an arbitrary head. */
function forEverySegment(visit: (segment: Segment, head: number, length: number) => void) {
  fc.assert(
    fc.property(headOfPattern, ({ factors, geometry, head, length }) => {
      for (const segment of segmentsOf(factors, geometry, length)) visit(segment, head, length);
    }),
    { numRuns: 500 },
  );
}

test('segments hold exactly the keys of the definitions, each once', () => {
  fc.assert(
    fc.property(headOfPattern, ({ factors, geometry, head, length }) => {
      const segments = segmentsOf(factors, geometry, length);
      for (let i = 0; i < length; i++) {
        expect(keysOf(segments, head, i)).toEqual(keysByDefinition(factors, i, geometry, head));
      }
    }),
    { numRuns: 500 },
  );
});

test('every position is a query of exactly one group, and queryOf is the inverse of queryPosition', () => {
  forEverySegment((segment, _, length) => {
    const seen: number[] = [];
    for (let group = 0; group < segment.groups; group++) {
      for (let row = 0; row < queryRows(segment, group, length); row++) {
        const position = queryPosition(segment, group, row);
        expect(queryOf(segment, position)).toEqual({ group, row });
        seen.push(position);
      }
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
  });
});

test('coversEveryKey tells whether the key rows of all groups are the whole sequence', () => {
  forEverySegment((segment, head, length) => {
    const keys = new Set<number>();
    for (let group = 0; group < segment.groups; group++) {
      for (let row = 0; row < keyRows(segment, length); row++) {
        const position = keyPosition(segment, head, group, row);
        if (position < length) keys.add(position);
      }
    }
    if (coversEveryKey(segment, length)) expect(keys.size).toBe(length);
    else if (segment.factor !== 'summary' && segment.factor !== 'sink')
      expect.fail('only few keys are left out');
  });
});

test('queryRange is the inverse of keyRange', () => {
  forEverySegment((segment, head, length) => {
    const rows = queryRows(segment, 0, length);
    const ranges = Array.from({ length: rows }, (_, row) => keyRange(segment, head, row));
    for (let key = 0; key < length; key++) {
      const { first, end } = queryRange(segment, head, key);
      const wrong = ranges.findIndex(
        ({ lo, hi }, row) => (first <= row && row < end) !== (lo <= key && key < hi),
      );
      expect(wrong, `a query row that sees key row ${key} otherwise`).toBe(-1);
    }
  });
});

test('ranges stay within 32-bit integers at the longest sequences, as the kernels compute them', () => {
  const length = 2 ** 20;
  for (const stride of [1, 128, 1024, length]) {
    for (const summaryCells of [1, Math.min(32, stride)]) {
      for (const factors of UNIONS) {
        for (const segment of segmentsOf(factors, { stride, summaryCells, nHead: 1 }, length)) {
          const { row } = queryOf(segment, length - 1);
          const last = keyRange(segment, 0, row).hi - 1;
          for (const key of [0, Math.max(0, last)]) {
            const { first, end } = queryRange(segment, 0, key);
            expect(first).toBeLessThan(2 ** 31);
            expect(end).toBeLessThan(2 ** 31);
          }
        }
      }
    }
  }
});

test('ranges of keys never move back, so that a run of queries sees a run of keys', () => {
  forEverySegment((segment, head, length) => {
    let previous = keyRange(segment, head, 0);
    for (let row = 1; row < queryRows(segment, 0, length); row++) {
      const range = keyRange(segment, head, row);
      expect(range.lo).toBeGreaterThanOrEqual(previous.lo);
      expect(range.hi).toBeGreaterThanOrEqual(previous.hi);
      previous = range;
    }
  });
});

test('key rows stand in ascending order at positions of the sequence', () => {
  forEverySegment((segment, head, length) => {
    for (let position = 0; position < length; position++) {
      const { group, row } = queryOf(segment, position);
      const { lo, hi } = keyRange(segment, head, row);
      const keys = Array.from({ length: hi - lo }, (_, i) => keyPosition(segment, head, group, lo + i));
      expect(keys.every((key, i) => key > (keys[i - 1] ?? -1) && key <= position)).toBe(true);
    }
  });
});

test('no position is the key of two rows, so that each key gradient has one writer', () => {
  forEverySegment((segment, head, length) => {
    const seen = new Set<number>();
    for (let group = 0; group < segment.groups; group++) {
      for (let row = 0; row < keyRows(segment, length); row++) {
        const position = keyPosition(segment, head, group, row);
        if (position >= length) continue;
        expect(seen.has(position), `position ${position} again, in group ${group}`).toBe(false);
        seen.add(position);
      }
    }
  });
});

test('the key rows of a group reach as far as its queries see', () => {
  forEverySegment((segment, head, length) => {
    for (let group = 0; group < segment.groups; group++) {
      for (let row = 0; row < queryRows(segment, group, length); row++) {
        expect(keyRange(segment, head, row).hi).toBeLessThanOrEqual(keyRows(segment, length));
      }
    }
  });
});

describe('the mask of a small example', () => {
  const geometry = { stride: 4, summaryCells: 1, nHead: 2 };

  test('strided', () => {
    expect(mask(['local'], geometry, 0, 6)).toEqual([
      [0],
      [0, 1],
      [0, 1, 2],
      [0, 1, 2, 3],
      [1, 2, 3, 4],
      [2, 3, 4, 5],
    ]);
    expect(mask(['column'], geometry, 0, 9)[8]).toEqual([0, 4, 8]);
    expect(mask(['local', 'column'], geometry, 0, 10)[9]).toEqual([1, 5, 6, 7, 8, 9]);
  });

  test('fixed, whose heads read different cells', () => {
    expect(mask(['ownBlock'], geometry, 0, 7)[6]).toEqual([4, 5, 6]);
    expect(mask(['summary'], geometry, 0, 12)[11]).toEqual([3, 7, 11]);
    expect(mask(['summary'], geometry, 1, 12)[11]).toEqual([2, 6, 10]);
    expect(mask(['summary'], geometry, 0, 12)[2]).toEqual([]);
    expect(mask(['ownBlock', 'summary'], geometry, 0, 12)[10]).toEqual([3, 7, 8, 9, 10]);
  });
});

test('unions that have no disjoint form are refused in words', () => {
  const geometry = { stride: 4, summaryCells: 1, nHead: 1 };
  expect(() => segmentsOf(['local', 'summary'], geometry, 16)).toThrow(/cannot join .*local and summary/);
});
