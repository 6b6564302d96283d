// Evaluation of a micro-batch without dropout: the model, and then losses or logits, a range after the other.

import type { Gpu } from '../gpu/device.ts';
import { pacerOf } from '../gpu/pacer.ts';
import { EngineError } from './engine.ts';
import type { Evaluation } from './plans.ts';
import { packTokens } from './step-uniforms.ts';
import type { PlanContext } from './views.ts';

/** Runs a micro-batch of tokens [R] and reads what is asked of it. */
export type EvaluationReader = (
  gpu: Gpu,
  context: PlanContext,
  plans: Evaluation,
  tokens: Uint8Array,
) => Promise<Float32Array>;

/** Losses [R]. */
export const readLosses: EvaluationReader = async (gpu, { shared }, { forward, ranges }, tokens) => {
  const before = () => gpu.device.queue.writeBuffer(shared.tokens, 0, packTokens(tokens));
  await pacerOf(gpu).submit([{ plan: forward, before }, ...ranges], 'losses');
  return new Float32Array(await gpu.read(shared.losses, tokens.length * 4));
};

/** Logits [R, V], of which the GPU holds a range at a time. */
export const readLogits: EvaluationReader = async (gpu, { config, shared }, { forward, ranges }, tokens) => {
  const before = () => gpu.device.queue.writeBuffer(shared.tokens, 0, packTokens(tokens));
  await pacerOf(gpu).submit([{ plan: forward, before }], 'logits');
  const logits = new Float32Array(tokens.length * config.vocabSize);
  for (const { plan, start, rows } of ranges) {
    await pacerOf(gpu).submit([{ plan }], 'logits');
    const read = await gpu.read(shared.logits, rows * config.vocabSize * 4);
    logits.set(new Float32Array(read), start * config.vocabSize);
  }
  return logits;
};

/** Evaluates whole windows, a micro-batch at a time: `width` numbers for each byte of `tokens`. */
export async function byMicroBatches(
  tokens: Uint8Array,
  windows: { readonly contextLength: number; readonly microBatch: number; readonly width: number },
  evaluate: (micro: Uint8Array) => Promise<Float32Array>,
): Promise<Float32Array> {
  const { contextLength, microBatch, width } = windows;
  if (tokens.length % contextLength !== 0) {
    throw new EngineError('internal', `${tokens.length} bytes are not whole windows of ${contextLength}.`);
  }
  const size = microBatch * contextLength;
  const result = new Float32Array(tokens.length * width);
  for (let start = 0; start < tokens.length; start += size) {
    const part = tokens.subarray(start, start + size);
    const micro = new Uint8Array(size);
    micro.set(part);
    // The windows behind the last one are none of the caller's.
    result.set((await evaluate(micro)).subarray(0, part.length * width), start * width);
  }
  return result;
}
