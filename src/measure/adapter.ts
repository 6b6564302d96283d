// The adapter that was measured on, as results name it.

import type { Gpu } from '../gpu/device.ts';

export interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** It computes on the CPU. */
  readonly software: boolean;
  readonly features: readonly string[];
  readonly maxBindingBytes: number;
}

export function adapterOf(gpu: Gpu): Adapter {
  const { vendor, architecture, description, software, features } = gpu.profile;
  return { vendor, architecture, description, software, features, maxBindingBytes: gpu.maxBindingBytes };
}
