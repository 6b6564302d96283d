// A head's picture as cells to draw: which factor allows each, and how bright it is. Allowed cells come from the pattern,
// brightness from the weights.

import { cellEdge, cellOf, type HeadMap, type Span } from '../../model/attention.ts';
import { type Factor, keyPosition, keyRange, queryOf, type Segment } from '../../patterns/index.ts';

/** The part of the matrix that a picture shows. */
export interface Region {
  readonly queries: Span;
  readonly keys: Span;
}

export interface DrawnCells {
  readonly rows: number;
  readonly columns: number;
  readonly factors: readonly Factor[];
  /** For each cell, which of the factors gives it its colour, or -1 where nothing is allowed. */
  readonly factor: Int8Array;
  /** From 0 to 1. */
  readonly brightness: Float32Array;
}

/** Queries looked at in each row of cells, for what is allowed. */
const SAMPLED_QUERIES = 4;
/** The share of cells that may be brighter than the brightest. */
const GLARE = 0.03;

export function drawnCells(
  { segments: parts, head }: Pick<HeadMap, 'segments' | 'head'>,
  segments: readonly Segment[],
  region: Region,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): DrawnCells {
  const factor = new Int8Array(rows * columns).fill(-1);
  const weight = new Float32Array(rows * columns);
  const heaviest = new Float32Array(rows * columns);
  for (const [index, segment] of segments.entries()) {
    markAllowed(segment, head, region, rows, columns, (cell) => {
      if (factor[cell] === -1) factor[cell] = index;
    });
    parts[index]?.weights.forEach((value, cell) => {
      if (value <= 0) return;
      weight[cell] = (weight[cell] ?? 0) + value;
      if (value > (heaviest[cell] ?? 0)) {
        heaviest[cell] = value;
        factor[cell] = index;
      }
    });
  }
  const bright = brightest(weight);
  return {
    ...{ rows, columns, factor },
    factors: segments.map((segment) => segment.factor),
    brightness: weight.map((value) => (bright > 0 ? Math.sqrt(Math.min(1, value / bright)) : 0)),
  };
}

/** The weight that is drawn brightest: rows that see a single key would otherwise outshine all others. */
function brightest(weights: Float32Array): number {
  const lit = weights.filter((value) => value > 0).sort();
  return lit[Math.floor((1 - GLARE) * (lit.length - 1))] ?? 0;
}

function markAllowed(
  segment: Segment,
  head: number,
  { queries, keys }: Region,
  rows: number,
  columns: number,
  mark: (cell: number) => void,
): void {
  const together = segment.cells === 1 && segment.blockStep === 1;
  for (let row = 0; row < rows; row++) {
    const [from, to] = [cellEdge(queries, rows, row), cellEdge(queries, rows, row + 1)];
    const every = Math.max(1, Math.floor((to - from) / SAMPLED_QUERIES));
    for (let query = from; query < to; query += every) {
      const { group, row: queryRow } = queryOf(segment, query);
      const { lo, hi } = keyRange(segment, head, queryRow);
      if (together && hi > lo) {
        const first = Math.max(keys.from, keyPosition(segment, head, group, lo));
        const last = Math.min(keys.to - 1, keyPosition(segment, head, group, hi - 1));
        if (first > last) continue;
        for (let cell = cellOf(keys, columns, first); cell <= cellOf(keys, columns, last); cell++) {
          mark(row * columns + cell);
        }
        continue;
      }
      for (let key = lo; key < hi; key++) {
        const at = keyPosition(segment, head, group, key);
        if (at >= keys.from && at < keys.to) mark(row * columns + cellOf(keys, columns, at));
      }
    }
  }
}
