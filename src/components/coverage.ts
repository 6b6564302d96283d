// A pattern as a picture of bounded size: the causal square divided into cells, and in each cell, for each
// factor, the share of its query-key pairs that the pattern computes.

import { type Factor, keyPosition, keyRange, queryOf, type Segment } from '../patterns/index.ts';

/** The segments of a head, and which head it is: heads of a summary factor read different cells. */
export interface DrawnHead {
  readonly head: number;
  readonly segments: readonly Segment[];
}

export interface Coverage {
  /** Cells along a side. */
  readonly cells: number;
  /** For each factor that occurs: [query cell, key cell], row by row, each from 0 to 1. */
  readonly shares: ReadonlyMap<Factor, Float32Array>;
}

/** Query rows looked at in each row of cells: enough for a fair share, few enough for a million positions. */
const SAMPLED_ROWS = 4;
/** Keys looked at in each segment of a row; longer runs are walked in steps. */
const SAMPLED_KEYS = 2048;

export function coverage(heads: readonly DrawnHead[], length: number, maxCells: number): Coverage {
  const cells = Math.min(length, maxCells);
  const perCell = length / cells;
  const rows = Math.min(SAMPLED_ROWS, Math.ceil(perCell));
  const shares = new Map<Factor, Float32Array>();
  for (const { head, segments } of heads) {
    for (const segment of segments) {
      const share = shares.get(segment.factor) ?? new Float32Array(cells * cells);
      shares.set(segment.factor, share);
      for (let row = 0; row < cells; row++) {
        for (let sample = 0; sample < rows; sample++) {
          const query = Math.min(length - 1, Math.floor((row + (sample + 0.5) / rows) * perCell));
          addRow(share.subarray(row * cells, (row + 1) * cells), segment, head, query, perCell, 1 / rows);
        }
      }
    }
  }
  return { cells, shares };
}

function addRow(
  share: Float32Array,
  segment: Segment,
  head: number,
  query: number,
  perCell: number,
  weight: number,
): void {
  const { group, row } = queryOf(segment, query);
  const { lo, hi } = keyRange(segment, head, row);
  const step = Math.max(1, Math.floor((hi - lo) / SAMPLED_KEYS));
  for (let key = lo; key < hi; key += step) {
    const cell = Math.floor(keyPosition(segment, head, group, key) / perCell);
    const before = share[cell] ?? 0;
    share[cell] = Math.min(1, before + (weight * step) / perCell);
  }
}
