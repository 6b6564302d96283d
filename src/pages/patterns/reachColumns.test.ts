// The pictures of the reach, against a plain count of the positions.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BEYOND } from '../../patterns/index.ts';
import { reachColumns } from './reachColumns.ts';

test('a column is as full as the positions that are known by then', () => {
  const layers = fc.array(fc.constantFrom(0, 1, 2, 3, 4, BEYOND), { minLength: 1, maxLength: 600 });
  fc.assert(
    fc.property(layers, fc.nat(300), (known, later) => {
      const length = known.length + later;
      const pictures = reachColumns(Uint8Array.from(known), 3, length);
      expect(pictures.length).toBe(3);
      for (const [index, shares] of pictures.entries()) {
        const sum = shares.reduce((total, share) => total + share, 0) * (length / shares.length);
        expect(sum).toBeCloseTo(known.filter((layer) => layer <= index + 1).length, 1);
        expect(Math.max(...shares)).toBeLessThan(2);
      }
    }),
  );
});

test('a short sequence has a column for each position', () => {
  const [one, two] = reachColumns(Uint8Array.of(2, BEYOND, 1, 0), 2, 6);
  expect([...(one ?? [])]).toEqual([0, 0, 1, 1, 0, 0]);
  expect([...(two ?? [])]).toEqual([1, 0, 1, 1, 0, 0]);
});
