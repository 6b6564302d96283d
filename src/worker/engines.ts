// Which engine this browser gets: WebGPU, or the reference engine where there is none.

import { Gpu } from '../gpu/device.ts';
import { variantWords } from '../kernels/variants.ts';
import { EngineError } from '../lib/errors.ts';
import type { ModelConfig } from '../model/config.ts';
import type { Engine, EngineShape } from '../model/engine.ts';
import { createWebGpuEngine } from '../model/transformer.ts';
import type { EngineInfo } from '../protocol/index.ts';
import { ReferenceEngine } from '../reference/engine.ts';

/** An open device, or what stands in for it, on which engines are laid out. */
export interface Engines {
  readonly info: EngineInfo;
  create(config: ModelConfig, shape: EngineShape): Promise<Engine>;
  close(): void;
}

/**
 * Opens WebGPU or, where there is none and `fallback` allows it, the reference engine with the reason. Without
 * `fallback`, throws an `EngineError` 'no-webgpu' where there is no adapter.
 */
export async function openEngines({ fallback }: { fallback: boolean }): Promise<Engines> {
  try {
    const gpu = await Gpu.open(navigator.gpu);
    return {
      info: {
        engine: 'webgpu',
        ...gpu.profile,
        ladder: variantWords(gpu.profile),
        maxBufferBytes: gpu.maxBindingBytes,
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

function referenceEngines(reason: string): Engines {
  return {
    info: {
      engine: 'reference',
      software: true,
      vendor: '',
      architecture: '',
      description: 'the CPU, without WebGPU',
      features: [],
      ladder: ['f64 arithmetic'],
      maxBufferBytes: 2 ** 32,
      reason,
    },
    create: async (config, shape) => new ReferenceEngine(config, shape),
    close: () => {},
  };
}
