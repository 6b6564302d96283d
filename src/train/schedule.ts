// How far a run is, and the learning rate that follows from it (paper section 6): linear warm-up, and a cosine that reaches
// 0 at the end.

import type { TrainingConfig } from '../model/config.ts';
import type { Progress } from '../model/snapshot.ts';

type Length = Pick<TrainingConfig, 'steps' | 'minutes'>;
type Schedule = Length & Pick<TrainingConfig, 'warmupSteps' | 'learningRate'>;
type Done = Pick<Progress, 'step' | 'seconds'>;

/** How much of a run is done, in [0, 1]: of its steps or of its minutes, whichever is further. */
export function shareDone({ step, seconds }: Done, { steps, minutes }: Length): number {
  return Math.min(1, Math.max(step / steps, minutes > 0 ? seconds / (60 * minutes) : 0));
}

/** The learning rate of the next step: the cosine over the whole run, times the share of the warm-up that is done. */
export function learningRateAt(done: Done, { learningRate, warmupSteps, ...length }: Schedule): number {
  const warm = Math.min(1, (done.step + 1) / Math.max(1, warmupSteps));
  return learningRate * warm * 0.5 * (1 + Math.cos(Math.PI * shareDone(done, length)));
}
