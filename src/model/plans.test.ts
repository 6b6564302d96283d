// Every plan of arbitrary models, laid out and replayed on Dawn without a GPU: it computes nothing, but it judges WGSL,
// bindings, sizes and dispatches as any WebGPU does, against the limits that every adapter keeps.

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { create, globals } from 'webgpu';
import { Gpu } from '../gpu/device.ts';
import { bindingsOf, type Kernel } from '../gpu/kernel.ts';
import { kernelCases } from '../kernels/cases/index.ts';
import { gpuVariants, kernelVariants, softwareVariants } from '../kernels/index.ts';
import { attentionLayers } from '../patterns/index.ts';
import type { ModelConfig } from './config.ts';
import { RANGE_STEP } from './ranges.ts';
import { trainingMemory } from './tensors.ts';
import { modelConfigs, testConfig } from './testing/configs.ts';
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
  const ranges = fc.constantFrom({}, { rangeRows: RANGE_STEP });
  const shapes = fc.record({
    microBatch: fc.integer({ min: 1, max: 6 }),
    accumulation: fc.integer({ min: 1, max: 2 }),
    recompute: fc.boolean(),
    precision: fc.constantFrom('float32' as const, 'mixed' as const),
  });
  const drawn = fc.integer({ min: 1, max: 16 });
  await fc.assert(
    fc.asyncProperty(
      modelConfigs,
      shapes,
      variants,
      ranges,
      drawn,
      async (config, shape, chosen, range, samples) => {
        const engine = await createWebGpuEngine(gpu, config, shape, { variants: chosen, ...range });
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
        await engine.logits(tokens);
        if (!range.rangeRows) expect(engine.memoryBytes).toBe(trainingMemory(config, shape).bytes);
        const sampler = await engine.createSampler({
          ...{ samples, seed: 1, temperature: 1, topK: 0, topP: 1 },
          prompt: new Uint8Array(1),
        });
        await sampler.watch({ layer: config.nLayer - 1, head: 'mean' });
        await sampler.next(config.contextLength);
        expect(await sampler.watched()).not.toBeNull();
        engine.destroy();
        gpu.check();
        expect(gpu.allocatedBytes).toBe(before);
      },
    ),
    { numRuns: 40 },
  );
}, 180_000);

test.each([
  ['own blocks of one position', 70_000, 1, 'fixed', 'merged'],
  ['more columns than a dispatch has workgroups a side', 70_001, 70_000, 'strided', 'interleaved'],
  ['a million positions', 2 ** 20, 1024, 'strided', 'merged'],
  ['a million positions, fixed', 2 ** 20, 1024, 'fixed', 'interleaved'],
] as const)(
  'long windows are laid out within every limit: %s',
  async (_, contextLength, stride, pattern, form) => {
    const config: ModelConfig = {
      ...testConfig,
      ...{ contextLength, nHead: 1, dModel: 4, dFF: 8, dQueryKey: 4 },
      attention: { stride, summaryCells: 1, layers: attentionLayers(pattern, form) },
      positions: { kind: 'attention', stride },
    };
    const before = gpu.allocatedBytes;
    const engine = await createWebGpuEngine(gpu, config, { microBatch: 1, accumulation: 1, recompute: true });
    const tokens = new Uint8Array(contextLength);
    await engine.trainStep({
      ...{ step: 0, seed: 1, tokens, learningRate: 0.1, beta1: 0.9, beta2: 0.99 },
      ...{ eps: 1e-8, weightDecay: 0.1, clipNorm: 1 },
    });
    await engine.losses(tokens);
    engine.destroy();
    gpu.check();
    expect(gpu.allocatedBytes).toBe(before);
  },
);

const settings = { seed: 1, temperature: 1, topK: 0, topP: 1, prompt: new Uint8Array(1) };

test('in mixed precision with recomputation, queries may be narrower than half the width', async () => {
  const config = { ...testConfig, nLayer: 2, dModel: 32, dQueryKey: 8 };
  const shape = { microBatch: 2, accumulation: 1, recompute: true, precision: 'mixed' as const };
  const engine = await createWebGpuEngine(gpu, config, shape);
  await engine.gradients({ step: 0, seed: 1, tokens: new Uint8Array(2 * config.contextLength) });
  engine.destroy();
  gpu.check();
});

test.each([1, 4, 16])('a wide model draws %i samples with the least workgroup memory', async (samples) => {
  const config = { ...testConfig, nHead: 8, dModel: 1024, dQueryKey: 1024 };
  const shape = { microBatch: 1, accumulation: 1, recompute: false };
  const engine = await createWebGpuEngine(gpu, config, shape, { variants: kernelVariants(gpu.profile) });
  await (await engine.createSampler({ ...settings, samples })).next(2);
  engine.destroy();
  gpu.check();
});

test('a cache larger than what can be bound is refused in words, and the device goes on', async () => {
  const config: ModelConfig = {
    ...testConfig,
    ...{ contextLength: 2 ** 14, dModel: 128, dQueryKey: 128, dFF: 128 },
    attention: { stride: 128, summaryCells: 1, layers: [[['dense']]] },
  };
  const engine = await createWebGpuEngine(gpu, config, { microBatch: 1, accumulation: 1, recompute: true });
  await expect(engine.createSampler({ ...settings, samples: 9 })).rejects.toMatchObject({
    code: 'out-of-memory',
  });
  engine.destroy();
  gpu.check();
});

test.each([16, 32, 48, 96, 128, 256, 512, 1024])('heads may be %i wide', async (width) => {
  for (const variants of [softwareVariants, gpuVariants]) {
    const config = { ...testConfig, nHead: 1, dModel: width, dQueryKey: width };
    const shape = { microBatch: 1, accumulation: 1, recompute: false };
    const engine = await createWebGpuEngine(gpu, config, shape, { variants });
    await engine.gradients({ step: 0, seed: 1, tokens: new Uint8Array(config.contextLength) });
    const sampler = await engine.createSampler({
      ...{ samples: 1, seed: 1, temperature: 1, topK: 0, topP: 1 },
      prompt: new Uint8Array(1),
    });
    await sampler.next(2);
    engine.destroy();
    gpu.check();
  }
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
  // A kernel for GPUs with more than WebGPU's own features says so in its first lines.
  if (invalid && /extension '\w+' is not allowed/.test(invalid.message)) return undefined;
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
