// Training over long windows, laid out without a GPU: every binding, against its buffer and against what adapters
// bind, and the memory that the plan promises, for about three million parameters at three lengths.

import { describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device.ts';
import { suppliedBindings } from '../gpu/kernel.ts';
import { type BufferSlice, PlanBuilder } from '../gpu/plan.ts';
import { gpuVariants } from '../kernels/index.ts';
import { addTraining } from './backward.ts';
import type { ModelConfig } from './config.ts';
import { addForward, addLosses } from './forward.ts';
import { parameterLayout } from './parameters.ts';
import { allocateEngine, type EngineContext } from './plans.ts';
import { trainingMemory } from './tensors.ts';
import { testConfig } from './testing/configs.ts';
import { addUpdate } from './update.ts';
import { rangesOf } from './views.ts';

const shape = { microBatch: 1, accumulation: 1, recompute: true };

function longModel(contextLength: number, stride: number): ModelConfig {
  return {
    ...testConfig,
    ...{ contextLength, nLayer: 12, nHead: 2, dModel: 128, dQueryKey: 128, dFF: 640, linearBias: false },
    attention: { stride, summaryCells: 32, layers: [[['local']], [['column']]] },
    positions: { kind: 'attention', stride },
  };
}

/** Buffers that are only remembered, of any size. */
function allocate(config: ModelConfig): { context: EngineContext; buffers: GPUBuffer[] } {
  const buffers: GPUBuffer[] = [];
  const remember = (label: string, bytes: number) => ({ label, size: Math.ceil(bytes / 16) * 16 });
  const gpu = { storage: remember, uniform: remember } as unknown as Gpu;
  return { context: allocateEngine(gpu, config, shape, { variants: gpuVariants }, buffers), buffers };
}

interface Span {
  readonly buffer: GPUBuffer;
  readonly from: number;
  readonly to: number;
}

function span(slice: BufferSlice): Span {
  if (!('offset' in slice)) return { buffer: slice, from: 0, to: slice.size };
  return { buffer: slice.buffer, from: slice.offset * 4, to: (slice.offset + slice.size) * 4 };
}

describe.each([
  // Stride, and the most memory in all and in one binding: the shortest fits what every adapter binds.
  [65_536, 256, 1.25e9, 2 ** 27],
  [262_144, 512, 3.4e9, 2 ** 29],
  [1_048_576, 1024, 12e9, 2 ** 31 - 4],
])('a window of %i', (length, stride, mostBytes, mostBound) => {
  const config = longModel(length, stride);
  const { context, buffers } = allocate(config);
  const builder = new PlanBuilder({} as Gpu);
  addTraining(builder, context, { recompute: true, bytes: length });
  addUpdate(builder, context, context.moments, length);
  addForward(builder, context);
  for (const range of rangesOf(context)) addLosses(builder, context, range);

  it('takes the memory that was planned, and no more than a GPU has', () => {
    const planned = trainingMemory(config, shape).bytes;
    expect(buffers.reduce((sum, { size }) => sum + size, 0)).toBe(planned);
    expect(planned).toBeLessThan(mostBytes);
    expect(parameterLayout(config).count).toBeGreaterThan(2.7e6);
  });

  it('binds only what lies in its buffer, where bindings may begin, and as much as adapters bind', () => {
    const wrong = builder.steps.flatMap(({ kernel, buffers: bound }) =>
      Object.entries(bound)
        .map(([name, slice]) => ({ name, ...span(slice) }))
        .filter(({ buffer, from, to }) => from % 256 !== 0 || to > buffer.size || to - from > mostBound)
        .map(({ name, from, to }) => `${kernel.name} ${name} ${from} to ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('reads nothing in the dispatch that writes it', () => {
    const wrong = builder.steps.flatMap(({ kernel, buffers: bound }) => {
      const names = suppliedBindings(kernel);
      const spans = names.map(({ name, access }) => ({
        name,
        access,
        ...span(bound[name]!),
      }));
      return spans
        .filter(({ access }) => access === 'storage')
        .flatMap((written) =>
          spans
            .filter((other) => other !== written && other.buffer === written.buffer)
            .map((other) => `${kernel.name}: ${other.name} and ${written.name}`),
        );
    });
    expect(wrong).toEqual([]);
  });
});
