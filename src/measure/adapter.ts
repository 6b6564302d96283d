// The adapter that was measured on, as results name it.

import type { Gpu } from '../gpu/device.ts';
import type { Adapter } from './rows.ts';

export function adapterOf(gpu: Gpu): Adapter {
  const { vendor, architecture, description, software, features } = gpu.profile;
  return { vendor, architecture, description, software, features, maxBindingBytes: gpu.maxBindingBytes };
}
