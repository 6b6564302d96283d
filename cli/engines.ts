// The engine that a command runs on: WebGPU through Dawn, or the reference engine when asked for.

import { Gpu } from '../src/gpu/device.ts';
import { variantWords } from '../src/kernels/variants.ts';
import { EngineError } from '../src/lib/errors.ts';
import type { ModelConfig } from '../src/model/config.ts';
import type { Engine, EngineShape } from '../src/model/engine.ts';
import type { EngineLimits } from '../src/model/preflight.ts';
import { createWebGpuEngine } from '../src/model/transformer.ts';
import type { EngineInfo } from '../src/protocol/index.ts';
import { ReferenceEngine } from '../src/reference/engine.ts';
import { openDawn } from './adapter.ts';
import { keptChoices } from './tuning.ts';

export interface Engines {
  readonly info: EngineInfo;
  readonly limits: EngineLimits;
  create(config: ModelConfig, shape: EngineShape): Promise<Engine>;
}

export type EngineKind = 'webgpu' | 'reference';

export async function openEngines(kind: EngineKind, note: (words: string) => void): Promise<Engines> {
  return kind === 'reference' ? referenceEngines() : webGpuEngines(note);
}

function referenceEngines(): Engines {
  const info: EngineInfo = {
    engine: 'reference',
    software: true,
    vendor: '',
    architecture: process.arch,
    description: 'float64 reference engine on the CPU',
    features: [],
    ladder: ['f64 arithmetic'],
    maxBufferBytes: 2 ** 32,
  };
  return { info, limits: info, create: async (config, shape) => new ReferenceEngine(config, shape) };
}

/** The machine's graphics card, or its CPU through a software adapter, with what an earlier `tune` found. */
export async function openGpu(webgpu: GPU | undefined): Promise<Gpu> {
  const gpu = await openUntunedGpu(webgpu);
  const choices = await keptChoices(gpu);
  if (choices) gpu.choose(choices);
  return gpu;
}

export async function openUntunedGpu(webgpu: GPU | undefined): Promise<Gpu> {
  return Gpu.open(webgpu).catch((cause) => {
    if (!(cause instanceof EngineError) || cause.code !== 'no-webgpu') throw cause;
    throw new EngineError(
      'no-webgpu',
      'No graphics adapter was found. Install a Vulkan driver, or Chromium or Mesa for one that computes on the CPU. Commands that take --engine reference need none.',
      { cause },
    );
  });
}

async function webGpuEngines(note: (words: string) => void): Promise<Engines> {
  const gpu = await openGpu(await openDawn());
  const { software, description } = gpu.profile;
  if (software) note(`No graphics card was found: computing on the CPU (${description}).`);
  const info: EngineInfo = {
    engine: 'webgpu',
    ...gpu.profile,
    ladder: variantWords(gpu.profile),
    maxBufferBytes: gpu.maxBindingBytes,
  };
  return { info, limits: info, create: (config, shape) => createWebGpuEngine(gpu, config, shape) };
}
