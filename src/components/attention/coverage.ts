// A pattern as a picture of bounded size: the causal square, or a part of it, divided into cells, and in each cell, for
// each factor, the share of its query-key pairs that the pattern computes. Keys come as runs in closed form, so a row
// costs as many steps as the picture has columns, however long the sequence is.

import {
  distinctSegments,
  type Factor,
  forEachStretch,
  type KeyRun,
  keyRuns,
  type PatternHead,
  runWithin,
} from '../../patterns/index.ts';
import { type View, wholeView } from './view.ts';

export interface Coverage {
  /** Cells along a side. */
  readonly cells: number;
  /** For each factor that occurs: [query cell, key cell], row by row, each from 0 to 1. */
  readonly shares: ReadonlyMap<Factor, Float32Array>;
}

/** A row of a picture: for each factor, the share of each cell that its keys fill. */
export type RowShares = Map<Factor, Float32Array>;

/** Query rows looked at in each row of cells: enough for a fair share, few enough for a million positions. */
const SAMPLED_ROWS = 4;

/** The factors that heads use, in the order of their first use. */
export function factorsOf(heads: readonly PatternHead[]): readonly Factor[] {
  return [...new Set(heads.flatMap(({ segments }) => segments.map(({ factor }) => factor)))];
}

export function emptyRow(factors: readonly Factor[], cells: number): RowShares {
  return new Map(factors.map((factor) => [factor, new Float32Array(cells)]));
}

/**
 * Adds a run of keys, `weight` of the whole, to the cells of a row that begins at position `from` and has `perCell`
 * positions in a cell. Stretches that stand closer than cells are spread evenly.
 */
export function addRun(
  share: Float32Array,
  run: KeyRun,
  from: number,
  perCell: number,
  weight: number,
): void {
  const { first, width, step, count } = run;
  const left = (first - from) / perCell;
  if (count > 1 && step < 2 * perCell) {
    fill(share, left, left + ((count - 1) * step + width) / perCell, (weight * width) / step);
    return;
  }
  forEachStretch(runWithin(run, from, from + share.length * perCell), (start, end) => {
    fill(share, (start - from) / perCell, (end - from) / perCell, weight);
  });
}

/** Adds `amount` to the cells from `left` to `right`, in part where they are covered in part. */
function fill(share: Float32Array, left: number, right: number, amount: number): void {
  const from = Math.max(0, left);
  const to = Math.min(share.length, right);
  for (let cell = Math.floor(from); cell < to; cell++) {
    const covered = Math.min(to, cell + 1) - Math.max(from, cell);
    share[cell] = Math.min(1, (share[cell] ?? 0) + amount * covered);
  }
}

/** The shares of one row of cells: those of queries [view.query + row * perCell, ... + perCell). Clears `into` first. */
export function rowCoverage(
  heads: readonly PatternHead[],
  view: View,
  length: number,
  row: number,
  cells: number,
  into: RowShares,
): void {
  const perCell = view.span / cells;
  const samples = Math.min(SAMPLED_ROWS, Math.ceil(perCell));
  for (const share of into.values()) share.fill(0);
  for (let sample = 0; sample < samples; sample++) {
    const query = Math.floor(view.query + (row + (sample + 0.5) / samples) * perCell);
    if (query >= length) continue;
    for (const { head, segments } of heads) {
      for (const segment of segments) {
        const share = into.get(segment.factor);
        if (!share) continue;
        for (const run of keyRuns(segment, head, query)) addRun(share, run, view.key, perCell, 1 / samples);
      }
    }
  }
}

/** The shares of a part of the square, in at most `maxCells` cells a side, each at least one position wide. */
export function coverage(
  heads: readonly PatternHead[],
  length: number,
  maxCells: number,
  view: View = wholeView(length),
): Coverage {
  const cells = Math.max(1, Math.min(Math.ceil(view.span), maxCells));
  const factors = factorsOf(heads);
  const once = distinctSegments(heads);
  const shares = new Map(factors.map((factor) => [factor, new Float32Array(cells * cells)]));
  for (let row = 0; row < cells; row++) {
    const rows: RowShares = new Map();
    for (const [factor, share] of shares) rows.set(factor, share.subarray(row * cells, (row + 1) * cells));
    rowCoverage(once, view, length, row, cells, rows);
  }
  return { cells, shares };
}
