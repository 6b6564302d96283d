// The numbers of a step, as shaders/common/step.wgsl lays them out, and its bytes.

import type { UpdateSettings } from './engine.ts';

export const STEP_UNIFORM_BYTES = 48;

/** What dropout draws from: a pair for each micro-batch of each step, of which 256 share a seed. */
export function dropoutDraw(seed: number, step: number, microBatch: number): { seed: number; batch: number } {
  return {
    seed: (seed + Math.imul(microBatch >>> 8, 0x9e3779b9)) >>> 0,
    batch: step * 256 + (microBatch & 255),
  };
}

/** Packs a micro-batch's uniforms; the update reads those of the step's last micro-batch. */
export function packStep(
  seed: number,
  step: number,
  microBatch: number,
  update: UpdateSettings,
): ArrayBuffer {
  const bytes = new ArrayBuffer(STEP_UNIFORM_BYTES);
  const draw = dropoutDraw(seed, step, microBatch);
  new Uint32Array(bytes, 0, 2).set([draw.seed, draw.batch]);
  new Float32Array(bytes, 8, 10).set([
    1 - update.beta1 ** (step + 1),
    1 - update.beta2 ** (step + 1),
    update.learningRate,
    update.beta1,
    update.beta2,
    update.eps,
    update.weightDecay,
    update.clipNorm,
    1 - update.beta1,
    1 - update.beta2,
  ]);
  return bytes;
}

/** Bytes as words of four. */
export function packTokens(tokens: Uint8Array): Uint8Array<ArrayBuffer> {
  const words = new Uint8Array(Math.ceil(tokens.length / 4) * 4);
  words.set(tokens);
  return words;
}
