// Bits per byte of held-out data, with a minimum context as in the paper's Table 3.

import type { Engine } from '../model/engine.ts';

/** A window of the data, of which the bytes [from, to), counted from its start, are scored. */
export interface ScoredWindow {
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

export interface EvaluationOptions {
  /**
   * M: bytes of context that every scored byte has at least, apart from the first bytes of the data. Windows
   * slide by contextLength - M and score only their last contextLength - M bytes; 0 sets them side by side.
   */
  readonly minContext?: number;
  /** Score about so many bytes at most, in windows spread evenly over the data. */
  readonly maxBytes?: number;
  /** Asked now and then; true gives up. */
  readonly until?: () => boolean;
  /** Told after each batch: the share done, in (0, 1]. */
  readonly onProgress?: (share: number) => void;
}

export interface Evaluation {
  readonly bitsPerByte: number;
  readonly scoredBytes: number;
}

/** Windows and model bytes in one call of the engine: enough to keep it busy, few enough to be interrupted. */
const BATCH_BYTES = 2 ** 15;

/**
 * The windows that score each of `sizeBytes` bytes exactly once. The first scores all it holds, the last stands at
 * the end and scores what is left. Data shorter than a window is one window, partly filled.
 */
export function scoredWindows(sizeBytes: number, contextLength: number, minContext = 0): ScoredWindow[] {
  if (minContext < 0 || minContext >= contextLength) throw new RangeError('minContext reaches contextLength');
  const stride = contextLength - minContext;
  const windows: ScoredWindow[] = [];
  for (let scored = 0; scored < sizeBytes; ) {
    const end = Math.min(scored === 0 ? contextLength : scored + stride, sizeBytes);
    const start = Math.max(0, end - contextLength);
    windows.push({ start, from: scored - start, to: end - start });
    scored = end;
  }
  return windows;
}

/** Mean bits that the engine's model needs for a byte of `bytes`; undefined when `until` gave up. */
export async function evaluate(
  engine: Pick<Engine, 'config' | 'shape' | 'losses'>,
  bytes: Uint8Array,
  { minContext = 0, maxBytes = Infinity, until = () => false, onProgress }: EvaluationOptions = {},
): Promise<Evaluation | undefined> {
  const { contextLength } = engine.config;
  const all = scoredWindows(bytes.length, contextLength, minContext);
  const kept = Math.max(1, Math.min(all.length, Math.floor(maxBytes / (contextLength - minContext))));
  const windows = Array.from({ length: kept }, (_, i) => all[Math.floor((i * all.length) / kept)]!);
  if (until()) return undefined;
  let nats = 0;
  let scoredBytes = 0;
  for await (const batch of scoreWindows(engine, bytes, windows)) {
    for (const losses of batch.losses) {
      for (const loss of losses) nats += loss;
      scoredBytes += losses.length;
    }
    onProgress?.(batch.share);
    if (batch.share < 1 && until()) return undefined;
  }
  return { bitsPerByte: nats / Math.LN2 / scoredBytes, scoredBytes };
}

interface ScoredBatch {
  /** Nats of each scored byte, window by window. */
  readonly losses: readonly Float32Array[];
  /** Share of all windows that is done, in (0, 1]. */
  readonly share: number;
}

/** Scores windows of `bytes` in their order, batch by batch; leaving the loop ends it. */
export async function* scoreWindows(
  engine: Pick<Engine, 'config' | 'shape' | 'losses'>,
  bytes: Uint8Array,
  windows: readonly ScoredWindow[],
): AsyncGenerator<ScoredBatch, void, undefined> {
  const { contextLength } = engine.config;
  const { microBatch } = engine.shape;
  const batch = microBatch * Math.max(1, Math.floor(BATCH_BYTES / (microBatch * contextLength)));
  for (let first = 0; first < windows.length; first += batch) {
    const part = windows.slice(first, first + batch);
    // What a window does not fill stays 0: later bytes cannot change the losses of earlier ones.
    const tokens = new Uint8Array(part.length * contextLength);
    for (const [row, { start }] of part.entries()) {
      tokens.set(bytes.subarray(start, start + contextLength), row * contextLength);
    }
    const all = await engine.losses(tokens);
    const losses = part.map(({ from, to }, row) =>
      all.subarray(row * contextLength + from, row * contextLength + to),
    );
    yield { losses, share: (first + part.length) / windows.length };
  }
}
