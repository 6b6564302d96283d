// The WebGPU engine against the float64 reference: logits, losses, every gradient, training, cached sampling and
// equal bits, for every pattern and form; and that it gives back all it allocates.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device.ts';
import { testGpu } from '../gpu/testing.ts';
import { livelyState, modelCases, runModelCase } from './cases.ts';
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
    const unwatched = gpu.allocatedBytes;
    await sampler.watch({ layer: 0, head: 'mean' });
    expect(gpu.allocatedBytes).toBeGreaterThan(unwatched);
    await sampler.watch(null);
    expect(gpu.allocatedBytes).toBe(unwatched);
    await sampler.watch({ layer: 1, head: 0 });
    await sampler.next(1);
    expect(engine.memoryBytes).toBeGreaterThan(0);
    engine.destroy();
    expect(gpu.allocatedBytes).toBe(before);
  });

  it('samples on from further back, never from before', async () => {
    const { config, shape } = modelCases[0]!;
    const engine = await createWebGpuEngine(gpu, config, shape);
    engine.writeState(livelyState(config));
    const settings = { samples: 1, seed: 1, temperature: 0, topK: 0, topP: 1, prompt: new Uint8Array(0) };
    const [here, there] = [await engine.createSampler(settings), await engine.createSampler(settings)];
    await here.next(9);
    await there.skipTo(8);
    expect((await there.next(1))[0]).toHaveLength(1);
    expect(there.position).toBe(9);
    // Its row is that of its own position, but of other bytes, and what it sees in the cache is empty.
    expect(await there.logits()).not.toEqual(await here.logits());
    await expect(there.skipTo(8)).rejects.toThrow(/out of reach/);
    expect((await there.next(config.contextLength))[0]).toHaveLength(config.contextLength - 9);
    engine.destroy();
  });

  it('stops looking when it is told to, and gives back what that took', async () => {
    const { config } = modelCases[0]!;
    const engine = await createWebGpuEngine(gpu, config, { microBatch: 1, accumulation: 1, recompute: true });
    const before = gpu.allocatedBytes;
    const stop = new AbortController();
    const shares: number[] = [];
    const looking = engine.attentionMaps({
      windows: Array.from({ length: 50 }, (_, i) => new Uint8Array(config.contextLength).fill(i)),
      ...{ layers: [0, 1], cells: 16, signal: stop.signal },
      onProgress: (share) => {
        shares.push(share);
        if (shares.length === 5) stop.abort();
      },
    });
    await expect(looking).rejects.toMatchObject({ code: 'cancelled' });
    expect(shares.length).toBe(5);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(gpu.allocatedBytes).toBe(before);
    engine.destroy();
  });

  it('refuses a model that does not fit, in words, before allocating', async () => {
    const before = gpu.allocatedBytes;
    const { config, shape } = modelCases[0]!;
    const huge = { ...config, contextLength: 2 ** 20, dModel: 4096, dFF: 16_384, dQueryKey: 4096 };
    await expect(createWebGpuEngine(gpu, huge, shape)).rejects.toThrow(/MiB/);
    expect(gpu.allocatedBytes).toBe(before);
  });
});
