// The WebGPU engine against the float64 reference: logits, losses, every gradient, training, cached sampling and
// equal bits, for every pattern and form; and that it gives back all it allocates.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device.ts';
import { testGpu } from '../gpu/testing.ts';
import { modelCases, runModelCase } from './cases.ts';
import { createWebGpuEngine } from './transformer.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

describe('the WebGPU transformer', () => {
  it.each(modelCases.filter(({ gpuOnly }) => !gpuOnly))(
    'computes what the reference does: $name',
    async (modelCase) => {
      expect((await runModelCase(gpu, modelCase)).failures).toEqual([]);
    },
  );

  it('gives back every byte it allocated', async () => {
    const before = gpu.allocatedBytes;
    const { config, shape } = modelCases[0]!;
    const engine = await createWebGpuEngine(gpu, config, shape);
    const sampler = await engine.createSampler({
      samples: 1,
      seed: 1,
      temperature: 1,
      topK: 0,
      topP: 1,
      prompt: new Uint8Array(0),
    });
    await sampler.next(3);
    expect(engine.memoryBytes).toBeGreaterThan(0);
    engine.destroy();
    expect(gpu.allocatedBytes).toBe(before);
  });

  it('refuses a model that does not fit, in words, before allocating', async () => {
    const before = gpu.allocatedBytes;
    const { config, shape } = modelCases[0]!;
    const huge = { ...config, contextLength: 2 ** 20, dModel: 4096, dFF: 16_384, dQueryKey: 4096 };
    await expect(createWebGpuEngine(gpu, huge, shape)).rejects.toThrow(/MiB/);
    expect(gpu.allocatedBytes).toBe(before);
  });
});
