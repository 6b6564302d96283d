// What the adapter can do at most, measured: arithmetic by a kernel that only multiplies and adds, memory traffic by
// one that only copies. Every other measurement is held against these.

import fmaShader from '../../shaders/measure/fma.wgsl?raw';
import type { Gpu } from '../gpu/device.ts';
import { kernel, linearGrid } from '../gpu/kernel.ts';
import { PlanBuilder } from '../gpu/plan.ts';
import { copyAs } from '../kernels/copy.ts';
import type { Ceilings } from './rows.ts';
import { timePlan } from './timing.ts';

export async function measureCeilings(gpu: Gpu): Promise<Ceilings> {
  return { flopsPerSecond: await measureArithmetic(gpu), bytesPerSecond: await measureTraffic(gpu) };
}

async function measureArithmetic(gpu: Gpu): Promise<number> {
  const groups = gpu.profile.software ? 16 : 16_384;
  const steps = 512;
  const out = gpu.storage('ceiling.out', 256);
  const fma = kernel('bench/fma', [fmaShader], { STEPS: steps }, linearGrid(groups));
  const plan = await new PlanBuilder(gpu).add(fma, { out }).build();
  const { ms } = await timePlan(gpu, plan);
  gpu.release(out);
  // 8 products of 4 numbers in each step, each a multiplication and an addition.
  return (groups * 64 * steps * 8 * 4 * 2) / (ms / 1000);
}

async function measureTraffic(gpu: Gpu): Promise<number> {
  // Larger than any cache.
  const bytes = Math.min(gpu.profile.software ? 2 ** 24 : 2 ** 29, gpu.maxBindingBytes);
  const size = 4 * Math.floor(bytes / 16);
  const values = gpu.storage('ceiling.values', bytes);
  const out = gpu.storage('ceiling.out', bytes);
  const plan = await new PlanBuilder(gpu).add(copyAs(size, 'full'), { values, out }).build();
  const { ms } = await timePlan(gpu, plan);
  gpu.release(values);
  gpu.release(out);
  return (2 * size * 4) / (ms / 1000);
}
