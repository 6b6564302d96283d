// The factors of patterns as segments, and which of them one head can join.
//
// A head attends to a union of factors, whose segments must be disjoint: that is how the merged form joins
// the two factors of a pattern in one softmax (paper section 5.1, "a merged head").

import { type Factor, type Segment, UNBOUNDED } from './segment.ts';

export interface PatternGeometry {
  /** The paper's l: window of local attention, number of columns, length of a block. */
  readonly stride: number;
  /** The paper's c: cells that later positions see, at the end of each block (summary) or of the sequence's start (sink). */
  readonly summaryCells: number;
  /** Heads of the layer: with more than one, the heads of a summary factor read different cells. */
  readonly nHead: number;
  /** Distance between the keys of a dilated window; `USUAL_DILATION` where it is not given. */
  readonly dilation?: number | undefined;
}

export const USUAL_DILATION = 2;

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
  const { stride, summaryCells, nHead, dilation = USUAL_DILATION } = geometry;
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
    // Beside the previous block, which holds its own too, only those of blocks before it.
    shift: wanted.has('previousBlock') ? summaryCells : 0,
  };
  const previousBlock: Segment = {
    factor: 'previousBlock',
    ...wholeSequence,
    queryBlock: stride,
    keysPerBlock: stride,
    ownKeys: 0,
    window: stride,
  };
  // Beside the local window, the gaps begin where it ends.
  const localSteps = alone ? 0 : Math.ceil(stride / dilation);
  const dilated: Segment = {
    ...column,
    factor: 'dilated',
    groups: Math.min(dilation, length),
    queryStep: dilation,
    blockStep: dilation,
    shift: localSteps,
    window: stride - localSteps,
  };
  // One block of queries, in which the keys grow to the number of sinks: at once, or where the local window leaves them.
  const sinks = Math.min(summaryCells, length);
  const sinkDelay = alone ? 0 : stride;
  const sink: Segment = {
    factor: 'sink',
    ...wholeSequence,
    cells: sinks,
    blockStep: length,
    queryBlock: length,
    keysPerBlock: sinks + sinkDelay,
    ownKeys: sinks + sinkDelay,
    shift: sinkDelay,
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
    case 'previousBlock':
      return [previousBlock];
    case 'dilated':
      return [dilated];
    case 'sink':
      return [sink];
    case 'column+local':
      return [local, column];
    case 'dilated+local':
      return [local, dilated];
    case 'local+sink':
      return [local, sink];
    case 'ownBlock+summary':
      return [ownBlock, summary];
    case 'ownBlock+previousBlock':
      return [ownBlock, previousBlock];
    case 'ownBlock+previousBlock+summary':
      return [ownBlock, previousBlock, summary];
    default:
      throw new RangeError(
        `A head cannot join the factors ${[...wanted].join(' and ')}: only local with column, dilated or sink, and ownBlock with summary, previousBlock or both, are disjoint.`,
      );
  }
}
