// Long calculations cut into slices, so that the page stays quick: a generator yields how much of its work is done,
// from 0 to 1, and whoever drives it decides when the next slice comes.

import { breather } from './breathe.ts';

export type Sliced<T> = Generator<number, T, undefined>;

/** Runs a calculation to its end at once. */
export function finish<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Runs a calculation to its end, and lets messages in ten times a second. */
export async function whole<T>(work: Sliced<T>): Promise<T> {
  const breathe = breather(100);
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    await breathe();
  }
}

export interface SliceOptions {
  readonly signal: AbortSignal;
  /** Told between slices. */
  readonly onProgress?: (share: number) => void;
  readonly sliceMs?: number;
}

/** Runs a calculation in slices of some milliseconds; null when it was called off. */
export async function inSlices<T>(
  work: Sliced<T>,
  { signal, onProgress, sliceMs = 12 }: SliceOptions,
): Promise<T | null> {
  let began = performance.now();
  while (!signal.aborted) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() - began < sliceMs) continue;
    onProgress?.(step.value);
    await new Promise((resolve) => setTimeout(resolve));
    began = performance.now();
  }
  return null;
}
