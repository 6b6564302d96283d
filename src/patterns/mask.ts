// Which keys each query sees, listed: for drawing, for printing and for the reference engine. The kernels
// never make such a list; they walk the segments.

import { type PatternGeometry, segmentsOf } from './factors.ts';
import { type Factor, keyPosition, keyRange, queryOf, type Segment } from './segment.ts';

/**
 * Writes the positions of the keys that head `head` sees from `position`, segment by segment, into `keys`
 * (which must have room for position + 1) and returns how many there are.
 */
export function gatherKeys(
  segments: readonly Segment[],
  head: number,
  position: number,
  keys: Int32Array | number[],
): number {
  let count = 0;
  for (const segment of segments) {
    const { group, row } = queryOf(segment, position);
    const { lo, hi } = keyRange(segment, head, row);
    for (let key = lo; key < hi; key++) keys[count++] = keyPosition(segment, head, group, key);
  }
  return count;
}

/** The keys that head `head` sees from `position`, in ascending order. */
export function keysOf(segments: readonly Segment[], head: number, position: number): number[] {
  const keys: number[] = [];
  gatherKeys(segments, head, position, keys);
  return keys.sort((a, b) => a - b);
}

/**
 * The sets S_0 ... S_(length-1) of the paper (section 4.2) for one head's union of factors: each query's key
 * positions in ascending order. Its size is the pattern's number of pairs.
 */
export function mask(
  factors: readonly Factor[],
  geometry: PatternGeometry,
  head: number,
  length: number,
): number[][] {
  const segments = segmentsOf(factors, geometry, length);
  return Array.from({ length }, (_, position) => keysOf(segments, head, position));
}
