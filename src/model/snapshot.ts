// A training run between two steps: with its settings and its data, all that the next step depends on.

import type { OptimizerState } from './engine.ts';
import { initialParameters, type ParameterLayout } from './parameters.ts';

/** Held-out bits per byte after so many steps. */
export interface Measured {
  readonly step: number;
  readonly bitsPerByte: number;
}

export interface Progress {
  /** Steps done. */
  readonly step: number;
  /** The window of the training data that is read next. */
  readonly cursor: { readonly epoch: number; readonly index: number };
  /** Seconds spent in training steps. */
  readonly seconds: number;
  /** The latest evaluation, and the best so far. */
  readonly evaluation?: Measured;
  readonly best?: Measured;
}

/** A run that can be gone on with, to the same bits as if it had never stopped. */
export interface Snapshot {
  readonly progress: Progress;
  readonly state: OptimizerState;
}

/** The start of a run: the given parameters, or those that the seed draws, and an optimiser without history. */
export function freshSnapshot(
  layout: ParameterLayout,
  seed: number,
  parameters = initialParameters(layout, seed),
): Snapshot {
  const zeros = () => new Float32Array(layout.arenaSize);
  return {
    progress: { step: 0, cursor: { epoch: 0, index: 0 }, seconds: 0 },
    state: { parameters, m: zeros(), v: zeros() },
  };
}
