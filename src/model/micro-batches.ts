// The micro-batches of a step, as replays of the training plan.

import type { Gpu } from '../gpu/device.ts';
import type { Replay } from '../gpu/pacer.ts';
import type { Plan } from '../gpu/plan.ts';
import { EngineError, type EngineShape, type TrainStepRequest, type UpdateSettings } from './engine.ts';
import { packStep, packTokens } from './step-uniforms.ts';
import type { PlanContext } from './views.ts';

/** For gradients alone. */
export const noUpdate: UpdateSettings = {
  learningRate: 0,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0,
  clipNorm: 1,
};

/** Each writes its numbers and its tokens, and adds to the gradients. The request is copied. */
export function microBatches(
  { device: { queue } }: Gpu,
  { config, step: uniforms, shared }: PlanContext,
  { accumulation, microBatch }: EngineShape,
  training: Plan,
  { step, seed, tokens, ...update }: TrainStepRequest,
): Replay[] {
  const bytes = microBatch * config.contextLength;
  if (tokens.length !== accumulation * bytes) {
    throw new EngineError('internal', `A step takes ${accumulation * bytes} bytes, not ${tokens.length}.`);
  }
  return Array.from({ length: accumulation }, (_, index) => {
    const words = packTokens(tokens.subarray(index * bytes, (index + 1) * bytes));
    const before = () => {
      queue.writeBuffer(uniforms, 0, packStep(seed, step, index, update));
      queue.writeBuffer(shared.tokens, 0, words);
    };
    return { plan: training, before };
  });
}

/** Leaves the gradients and the loss as they are before a step. */
export function clearGradients(
  { device }: Gpu,
  { gradients, shared }: Pick<PlanContext, 'gradients' | 'shared'>,
): void {
  const encoder = device.createCommandEncoder();
  encoder.clearBuffer(gradients);
  encoder.clearBuffer(shared.lossSum);
  device.queue.submit([encoder.finish()]);
}
