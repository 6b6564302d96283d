// The enlarged part of a matrix stays a square inside the window, around what was pointed at.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { around, clamped, isWhole, whole } from './region.ts';

test('enlarging and shrinking keep a square of at least eight positions inside', () => {
  const given = fc.record({
    length: fc.integer({ min: 1, max: 5000 }),
    steps: fc.array(fc.tuple(fc.constantFrom(0.5, 2), fc.double({ min: 0, max: 1, noNaN: true })), {
      maxLength: 12,
    }),
  });
  fc.assert(
    fc.property(given, ({ length, steps }) => {
      let region = whole(length);
      for (const [factor, at] of steps) {
        const point = Math.min(length - 1, Math.floor(at * length));
        region = around(region, factor, point, point, length);
        const sizes = [region.queries, region.keys].map(({ from, to }) => to - from);
        expect(sizes[0]).toBe(sizes[1]);
        expect(sizes[0]).toBeGreaterThanOrEqual(Math.min(8, length));
        for (const { from, to } of [region.queries, region.keys]) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(length);
        }
      }
    }),
  );
});

test('what is pointed at stays where it is', () => {
  const region = around(whole(100), 2, 50, 20, 100);
  expect(region).toEqual({ queries: { from: 25, to: 75 }, keys: { from: 10, to: 60 } });
  expect(isWhole(around(region, 0.5, 50, 20, 100), 100)).toBe(true);
  expect(clamped(95, 10, 100)).toEqual({ from: 90, to: 100 });
});
