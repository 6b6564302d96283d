// Which engine this browser gets: WebGPU, or the reference engine where there is none.

import { type DeviceProfile, Gpu } from '../gpu/device.ts';
import { variantWords } from '../kernels/variants.ts';
import { EngineError } from '../lib/errors.ts';
import type { Choices } from '../measure/tuner.ts';
import type { ModelConfig } from '../model/config.ts';
import type { Engine, EngineShape } from '../model/engine.ts';
import { createWebGpuEngine } from '../model/transformer.ts';
import type { EngineInfo } from '../protocol/index.ts';
import { ReferenceEngine } from '../reference/engine.ts';

/** An open device, or what stands in for it, on which engines are laid out. */
export interface Engines {
  readonly info: EngineInfo;
  /** Whether a command has failed on it: it lives, but is of no use any more. */
  readonly faulty: boolean;
  /** Engines laid out from now on follow these choices; says what the device is like then. */
  choose(choices: Choices | undefined): EngineInfo;
  create(config: ModelConfig, shape: EngineShape): Promise<Engine>;
  close(): void;
}

export interface OpenOptions {
  readonly fallback: boolean;
  /** What was found fastest on an adapter. */
  readonly choicesFor: (profile: DeviceProfile) => Promise<Choices | undefined>;
}

/**
 * Opens WebGPU or, where there is none and `fallback` allows it, the reference engine with the reason. Without
 * `fallback`, throws an `EngineError` 'no-webgpu' where there is no adapter.
 */
export async function openEngines({ fallback, choicesFor }: OpenOptions): Promise<Engines> {
  try {
    const gpu = await Gpu.open(navigator.gpu);
    gpu.choose(await choicesFor(gpu.profile));
    return {
      info: infoOf(gpu),
      get faulty() {
        return gpu.faulty;
      },
      choose: (choices) => {
        gpu.choose(choices);
        return infoOf(gpu);
      },
      create: (config, shape) => createWebGpuEngine(gpu, config, shape),
      close: () => gpu.destroy(),
    };
  } catch (error) {
    if (!fallback) throw error;
    const isTold = error instanceof EngineError;
    return referenceEngines(isTold ? error.message : `WebGPU could not be started (${String(error)}).`);
  }
}

function infoOf({ profile, maxBindingBytes }: Gpu): EngineInfo {
  return { engine: 'webgpu', ...profile, ladder: variantWords(profile), maxBufferBytes: maxBindingBytes };
}

function referenceEngines(reason: string): Engines {
  const info: EngineInfo = {
    engine: 'reference',
    software: true,
    vendor: '',
    architecture: '',
    description: 'the CPU, without WebGPU',
    features: [],
    ladder: ['f64 arithmetic'],
    maxBufferBytes: 2 ** 32,
    reason,
  };
  return {
    info,
    faulty: false,
    choose: () => info,
    create: async (config, shape) => new ReferenceEngine(config, shape),
    close: () => {},
  };
}
