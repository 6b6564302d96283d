// What the groups that train share: an engine with fresh weights, and random windows of bytes for it.

import { builtinText } from '../data/builtin-text.ts';
import type { Gpu } from '../gpu/device.ts';
import { uniform } from '../lib/random.ts';
import type { OptimizerState, TrainStepRequest } from '../model/engine.ts';
import { initialParameters } from '../model/parameters.ts';
import { createWebGpuEngine, type WebGpuEngine } from '../model/transformer.ts';
import type { BenchModel } from './models.ts';

const SEED = 1;

/** Parameters before the first step. */
export function zeroState(parameters: Float32Array): OptimizerState {
  return { parameters, m: new Float32Array(parameters.length), v: new Float32Array(parameters.length) };
}

/** Runs `use` with an engine whose weights are drawn, and releases it. */
export async function withEngine<T>(
  gpu: Gpu,
  model: BenchModel,
  use: (engine: WebGpuEngine) => Promise<T>,
): Promise<T> {
  const engine = await createWebGpuEngine(gpu, model.config, model.shape);
  try {
    engine.writeState(zeroState(initialParameters(engine.layout, SEED)));
    return await use(engine);
  } finally {
    engine.destroy();
  }
}

/** The request of a step on random windows of `data`. Throws a `RangeError` where that holds no window. */
export function stepRequest({ config, shape }: BenchModel, data: Uint8Array, step: number): TrainStepRequest {
  if (data.length < config.contextLength) {
    throw new RangeError(
      `the data has ${data.length} bytes, and the model reads ${config.contextLength} at a time`,
    );
  }
  const windows = shape.microBatch * shape.accumulation;
  const tokens = new Uint8Array(windows * config.contextLength);
  for (let window = 0; window < windows; window++) {
    const start = Math.floor(uniform(SEED, step, window, 0xda7a) * (data.length - config.contextLength));
    tokens.set(data.subarray(start, start + config.contextLength), window * config.contextLength);
  }
  return {
    step,
    seed: SEED,
    tokens,
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    eps: 1e-8,
    weightDecay: 0,
    clipNorm: 1,
  };
}

/** Text for machines that have none at hand. */
export function builtinBytes(sizeBytes: number): Uint8Array {
  return new TextEncoder().encode(builtinText(sizeBytes));
}
