// Every plan of arbitrary models, laid out and replayed on Dawn without a GPU: it computes nothing, but it judges WGSL,
// bindings, sizes and dispatches as any WebGPU does, against the limits that every adapter keeps.

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { create, globals } from 'webgpu';
import { Gpu } from '../gpu/device.ts';
import { bindingsOf, type Kernel } from '../gpu/kernel.ts';
import { kernelCases } from '../kernels/cases/index.ts';
import { kernelVariants, softwareVariants } from '../kernels/index.ts';
import { modelConfigs } from './testing.ts';
import { createWebGpuEngine } from './transformer.ts';

let gpu: Gpu;
/** Kept, because devices die with the instance that they came from. */
let dawn: GPU;
beforeAll(async () => {
  Object.assign(globalThis, globals);
  dawn = create(['backend=null']);
  gpu = await Gpu.open(dawn);
});

test('any model trains, evaluates and samples without a complaint, and gives back what it took', async () => {
  const before = gpu.allocatedBytes;
  // A software adapter's kernels, and those of a GPU with the least workgroup memory.
  const variants = fc.constantFrom(softwareVariants, kernelVariants(gpu.profile));
  const shapes = fc.record({
    microBatch: fc.integer({ min: 1, max: 3 }),
    accumulation: fc.integer({ min: 1, max: 2 }),
    recompute: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(modelConfigs, shapes, variants, async (config, shape, chosen) => {
      const engine = await createWebGpuEngine(gpu, config, shape, { variants: chosen });
      const tokens = new Uint8Array(shape.microBatch * shape.accumulation * config.contextLength);
      await engine.trainStep({
        ...{ step: 0, seed: 1, tokens, learningRate: 0.1, beta1: 0.9, beta2: 0.99 },
        ...{ eps: 1e-8, weightDecay: 0.1, clipNorm: 1 },
      });
      await engine.losses(tokens);
      const window = tokens.subarray(0, config.contextLength);
      const layers = Array.from({ length: config.nLayer }, (_, layer) => layer);
      const heads = Array.from({ length: config.nHead }, (_, head) => head);
      await engine.attentionMaps({ windows: [window, window, window, window], layers, cells: 20 });
      for (const layer of layers)
        await engine.attentionRows({ tokens: window, layer, heads, queries: [0, 1] });
      const sampler = await engine.createSampler({
        ...{ samples: 2, seed: 1, temperature: 1, topK: 0, topP: 1 },
        prompt: new Uint8Array(1),
      });
      await sampler.watch({ layer: config.nLayer - 1, head: 'mean' });
      await sampler.next(config.contextLength);
      expect(await sampler.watched()).not.toBeNull();
      engine.destroy();
      gpu.check();
      expect(gpu.allocatedBytes).toBe(before);
    }),
    { numRuns: 60 },
  );
});

describe('every kernel of the cases is valid, and needs no more than any adapter has', () => {
  test.each(Object.entries(kernelCases))('%s', async (_, cases) => {
    const kernels = new Map(cases().flatMap(({ kernels: list }) => list.map((each) => [each.source, each])));
    const complaints = await Promise.all([...kernels.values()].map(complaint));
    expect(complaints.filter((words) => words !== undefined)).toEqual([]);
  });
});

/** Why a kernel is refused. Tiles may take more workgroup memory than every adapter has: the variant is chosen by it. */
async function complaint({ name, source }: Kernel): Promise<string | undefined> {
  const { device } = gpu;
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: source });
  const invalid = await device.popErrorScope();
  if (invalid) return `${name}: ${invalid.message}`;
  const entries = bindingsOf(source).map(({ index, access }) => ({
    binding: index,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: access },
  }));
  const layout = device.createPipelineLayout({
    bindGroupLayouts: [device.createBindGroupLayout({ entries })],
  });
  return device.createComputePipelineAsync({ layout, compute: { module } }).then(
    () => undefined,
    (error: Error) =>
      /total use of workgroup storage/.test(error.message) ? undefined : `${name}: ${error.message}`,
  );
}
