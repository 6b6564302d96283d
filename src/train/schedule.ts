// The learning rate of each step (paper section 6): linear warm-up, and a cosine that reaches 0 at the end.

import type { TrainingConfig } from '../model/config.ts';

/** The learning rate of 0-based `step`: the cosine over all steps, times the share of the warm-up that is done. */
export function learningRateAt(
  step: number,
  { steps, warmupSteps, learningRate }: Pick<TrainingConfig, 'steps' | 'warmupSteps' | 'learningRate'>,
): number {
  const warm = Math.min(1, (step + 1) / Math.max(1, warmupSteps));
  return learningRate * warm * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
}
