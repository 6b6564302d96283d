// Ranges of tokens: what is wider than the model itself (the feed-forward's inner tensor, the logits) is computed a
// range at a time where a window is so long that the whole of it would fill the GPU's memory, or pass what it binds.
// Sums over tokens go on from range to range in their order, so a range's size changes rounding and nothing else.

import type { ModelConfig } from './config.ts';

/** The rows [start, start + rows) of the R = B * T rows of a micro-batch. */
export interface TokenRange {
  readonly start: number;
  readonly rows: number;
}

/** Bytes of a tensor that is computed at once: what every WebGPU adapter lets a kernel bind. */
const RANGE_BYTES = 2 ** 27;
/** Ranges begin at multiples of this, so that a binding of one byte a row begins where bindings may: at 256 bytes. */
export const RANGE_STEP = 256;

/** The rows of a range: all, where they fit; otherwise a power of two, which divides most lengths. */
export function rangeRows(
  { dModel, dFF, vocabSize, contextLength }: ModelConfig,
  microBatch: number,
): number {
  const rows = microBatch * contextLength;
  const most = RANGE_BYTES / (4 * Math.max(dModel, dFF, vocabSize));
  return rows <= most ? rows : Math.max(RANGE_STEP, 2 ** Math.floor(Math.log2(most)));
}

/** All `rows` rows, in ranges of `size`; the last may be shorter. */
export function tokenRanges(rows: number, size: number): readonly TokenRange[] {
  return Array.from({ length: Math.ceil(rows / size) }, (_, index) => {
    const start = index * size;
    return { start, rows: Math.min(size, rows - start) };
  });
}
