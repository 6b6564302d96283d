// The paper's patterns as segments, and which factors each head of each layer uses.
//
// A head attends to a union of factors, whose segments must be disjoint: that is how the merged form joins
// the two factors of a pattern in one softmax (paper section 5.1, "a merged head").

import { type Factor, type Segment, UNBOUNDED } from './segment.ts';

export interface PatternGeometry {
  /** The paper's l: window of local attention, number of columns, length of a block. */
  readonly stride: number;
  /** The paper's c: summary cells at the end of each block that later blocks see. */
  readonly summaryCells: number;
  /** Heads of the layer: with more than one, the heads of a summary factor read different cells. */
  readonly nHead: number;
}

const wholeSequence = {
  groups: 1,
  groupStep: 0,
  queryStep: 1,
  cells: 1,
  blockStep: 1,
  keyOffset: 0,
  headCycle: 1,
  queryBlock: 1,
  keysPerBlock: 1,
  ownKeys: 1,
  shift: 0,
  window: UNBOUNDED,
} as const;

/**
 * The segments of one head's union of factors over a sequence of `length` positions: pairwise disjoint key
 * sets whose union is the union of the factors. Throws a RangeError for unions that have no disjoint form.
 */
export function segmentsOf(
  factors: readonly Factor[],
  geometry: PatternGeometry,
  length: number,
): readonly Segment[] {
  const { stride, summaryCells, nHead } = geometry;
  const wanted = new Set(factors);
  if (wanted.has('dense')) return [{ factor: 'dense', ...wholeSequence }];
  const name = [...wanted].sort().join('+');
  const alone = wanted.size === 1;
  const local: Segment = { factor: 'local', ...wholeSequence, window: stride };
  const column: Segment = {
    factor: 'column',
    ...wholeSequence,
    groups: Math.min(stride, length),
    groupStep: 1,
    queryStep: stride,
    blockStep: stride,
    // Beside the local window, which ends where the column's first step begins, the column leaves oneself out.
    shift: alone ? 0 : 1,
  };
  const ownBlock: Segment = {
    factor: 'ownBlock',
    ...wholeSequence,
    groups: Math.ceil(length / stride),
    groupStep: stride,
  };
  const summary: Segment = {
    factor: 'summary',
    ...wholeSequence,
    cells: summaryCells,
    blockStep: stride,
    keyOffset: stride - summaryCells,
    headCycle: Math.max(1, Math.min(nHead, Math.floor(stride / summaryCells))),
    queryBlock: stride,
    keysPerBlock: summaryCells,
    // Beside the own block, which holds its own summary cells already, only those of earlier blocks count.
    ownKeys: alone ? summaryCells : 0,
  };
  switch (name) {
    case 'local':
      return [local];
    case 'column':
      return [column];
    case 'ownBlock':
      return [ownBlock];
    case 'summary':
      return [summary];
    case 'column+local':
      return [local, column];
    case 'ownBlock+summary':
      return [ownBlock, summary];
    default:
      throw new RangeError(
        `A head cannot join the factors ${[...wanted].join(' and ')}: only local with column, and ownBlock with summary, are disjoint.`,
      );
  }
}
