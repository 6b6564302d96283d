// What the adapter can do at most, measured: arithmetic by a kernel that only multiplies and adds, memory traffic by
// one that only copies. Every other measurement is held against these.

import copyShader from '../../shaders/measure/copy.wgsl?raw';
import fmaShader from '../../shaders/measure/fma.wgsl?raw';
import type { Gpu } from '../gpu/device.ts';
import { kernel, linearGrid } from '../gpu/kernel.ts';
import { PlanBuilder } from '../gpu/plan.ts';
import { timePlan } from './timing.ts';

export interface Ceilings {
  /** Float32 operations; a multiply-add is two. */
  readonly flopsPerSecond: number;
  /** Bytes read and written. */
  readonly bytesPerSecond: number;
}

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
  const size = Math.floor(bytes / 16);
  const input = gpu.storage('ceiling.input', bytes);
  const out = gpu.storage('ceiling.out', bytes);
  const copy = kernel('bench/copy', [copyShader], { SIZE: size }, linearGrid(Math.ceil(size / 256)));
  const plan = await new PlanBuilder(gpu).add(copy, { input, out }).build();
  const { ms } = await timePlan(gpu, plan);
  gpu.release(input);
  gpu.release(out);
  return (2 * size * 16) / (ms / 1000);
}
