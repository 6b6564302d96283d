// The patterns as the paper defines them, pair by pair, and arbitrary geometries, for tests.

import fc from 'fast-check';
import { type PatternGeometry, USUAL_DILATION } from './factors.ts';
import type { Factor } from './segment.ts';

/** Whether position i sees position j through a factor: the set definitions of sections 4.2 and 4.3, and the successors', 0-based. */
export function sees(factor: Factor, i: number, j: number, geometry: PatternGeometry, head: number): boolean {
  const { stride: l, summaryCells: c, nHead, dilation: d = USUAL_DILATION } = geometry;
  if (j > i) return false;
  switch (factor) {
    case 'dense':
      return true;
    case 'local':
      return j > i - l;
    case 'column':
      return (i - j) % l === 0;
    case 'ownBlock':
      return Math.floor(i / l) === Math.floor(j / l);
    case 'summary': {
      // Heads read distinct sub-blocks of c cells, counted from the block's end.
      const subBlock = head % Math.max(1, Math.min(nHead, Math.floor(l / c)));
      return l - (subBlock + 1) * c <= j % l && j % l < l - subBlock * c;
    }
    case 'previousBlock':
      return Math.floor(j / l) === Math.floor(i / l) - 1;
    case 'dilated':
      return (i - j) % d === 0 && (i - j) / d < l;
    case 'sink':
      return j < c;
  }
}

/** The positions that position i sees through a union of factors. */
export function keysByDefinition(
  factors: readonly Factor[],
  i: number,
  geometry: PatternGeometry,
  head: number,
): number[] {
  const positions = Array.from({ length: i + 1 }, (_, j) => j);
  return positions.filter((j) => factors.some((factor) => sees(factor, i, j, geometry, head)));
}

/** Every union of factors that one head can use. */
export const UNIONS: readonly (readonly Factor[])[] = [
  ['dense'],
  ['local'],
  ['column'],
  ['ownBlock'],
  ['summary'],
  ['local', 'column'],
  ['ownBlock', 'summary'],
  ['previousBlock'],
  ['dilated'],
  ['sink'],
  ['local', 'dilated'],
  ['local', 'sink'],
  ['ownBlock', 'previousBlock'],
  ['ownBlock', 'previousBlock', 'summary'],
];

/** A union of factors, a geometry, one of its heads and a length, which the stride need not divide or fit. */
export const headOfPattern = fc
  .record({ stride: fc.integer({ min: 1, max: 24 }), nHead: fc.integer({ min: 1, max: 6 }) })
  .chain(({ stride, nHead }) =>
    fc.record({
      factors: fc.constantFrom(...UNIONS),
      geometry: fc.record({
        stride: fc.constant(stride),
        summaryCells: fc.integer({ min: 1, max: stride }),
        nHead: fc.constant(nHead),
        dilation: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      }),
      head: fc.integer({ min: 0, max: nHead - 1 }),
      length: fc.integer({ min: 1, max: 70 }),
    }),
  );
