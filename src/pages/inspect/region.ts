// The part of an attention matrix that is enlarged: a square of queries and keys inside the window.

import type { Region } from '../../components/seen/weightCells.ts';
import type { Span } from '../../protocol/index.ts';

/** Fewest positions along a side. */
const SMALLEST = 8;

export function whole(length: number): Region {
  return { queries: { from: 0, to: length }, keys: { from: 0, to: length } };
}

export function isWhole({ queries, keys }: Region, length: number): boolean {
  return queries.to - queries.from === length && keys.to - keys.from === length;
}

/** A span of `size` positions that begins at `from`, moved so that it lies inside the window. */
export function clamped(from: number, size: number, length: number): Span {
  const start = Math.max(0, Math.min(Math.round(from), length - size));
  return { from: start, to: start + size };
}

/** The region enlarged by a factor, with the query and the key where they were. */
export function around(
  { queries, keys }: Region,
  factor: number,
  query: number,
  key: number,
  length: number,
): Region {
  const before = queries.to - queries.from;
  const size = Math.max(Math.min(SMALLEST, length), Math.min(length, Math.round(before / factor)));
  const from = (span: Span, fixed: number) => fixed - ((fixed - span.from) * size) / before;
  return {
    queries: clamped(from(queries, query), size, length),
    keys: clamped(from(keys, key), size, length),
  };
}
