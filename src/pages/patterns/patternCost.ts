// What a pattern costs, a layer, averaged over one turn of the layers: counted, not measured.

import { cacheLayout } from '../../model/cache.ts';
import { type Attending, headGroups } from '../../model/config.ts';
import { densePairs, headGroupPairs, keyRuns, type LayerFactors } from '../../patterns/index.ts';
import type { Sizes } from './settings.ts';

/** Features of a head's query, key and value, for what counts operations and bytes. */
export const HEAD_WIDTH = 64;
/** Bytes of a number: everything is float32. */
const SIZE = 4;

export interface PatternCost {
  /** Query-key pairs over all heads. */
  readonly pairs: number;
  /** Multiplications and additions: scores and the weighted sum. */
  readonly flopsForward: number;
  /** Scores again, and four products more. */
  readonly flopsBackward: number;
  /** What a layer would store for the backward pass if it kept its attention weights. */
  readonly weightsBytes: number;
  /** What it stores here, where a segment is computed tile by tile: the output and each row's log-sum-exp. */
  readonly storedBytes: number;
  /** Rows of keys and values that sampling keeps, for one head. */
  readonly cacheRows: number;
  readonly cacheBytes: number;
  /** Rows that the last position of the sequence reads, for one head. */
  readonly rowsRead: number;
}

export function patternCost(
  { length, stride, summaryCells, dilation, nHead }: Sizes,
  layers: LayerFactors,
): PatternCost {
  const config: Attending = {
    contextLength: length,
    nHead,
    attention: { stride, summaryCells, dilation, layers },
  };
  let [pairs, cacheRows, rowsRead] = [0, 0, 0];
  for (let layer = 0; layer < layers.length; layer++) {
    cacheRows += cacheLayout(config, layer).slots;
    for (const group of headGroups(config, layer)) {
      pairs += headGroupPairs(group, length);
      for (const segment of group.segments) {
        for (const run of keyRuns(segment, group.firstHead, length - 1)) {
          rowsRead += (run.width * run.count * group.nHead) / nHead;
        }
      }
    }
  }
  const turn = layers.length;
  return costOf(pairs / turn, cacheRows / turn, rowsRead / turn, length, nHead);
}

/** The same of a layer in which every position sees all before it. */
export function denseCost(length: number, nHead: number): PatternCost {
  return costOf(nHead * densePairs(length), length, length, length, nHead);
}

function costOf(
  pairs: number,
  cacheRows: number,
  rowsRead: number,
  length: number,
  nHead: number,
): PatternCost {
  return {
    pairs,
    flopsForward: pairs * 4 * HEAD_WIDTH,
    flopsBackward: pairs * 10 * HEAD_WIDTH,
    weightsBytes: pairs * SIZE,
    storedBytes: length * nHead * (HEAD_WIDTH + 1) * SIZE,
    cacheRows,
    cacheBytes: cacheRows * nHead * 2 * HEAD_WIDTH * SIZE,
    rowsRead,
  };
}

/** What the curve can show. */
export const QUANTITIES = {
  pairs: { words: 'pairs', of: (cost: PatternCost) => cost.pairs },
  flops: { words: 'FLOPs, both ways', of: (cost: PatternCost) => cost.flopsForward + cost.flopsBackward },
  weights: { words: 'attention memory', of: (cost: PatternCost) => cost.weightsBytes },
  cache: { words: 'cache', of: (cost: PatternCost) => cost.cacheBytes },
} as const;

export type Quantity = keyof typeof QUANTITIES;

export const LENGTHS = Array.from({ length: 17 }, (_, index) => 2 ** (index + 4));

/** The sizes at another length: with the stride as it is, or with the square root of the length. */
export function atLength(sizes: Sizes, length: number, stride: 'kept' | 'root'): Sizes {
  const root = stride === 'root' ? Math.max(1, Math.round(Math.sqrt(length))) : sizes.stride;
  return { ...sizes, length, stride: root, summaryCells: Math.min(sizes.summaryCells, root) };
}
