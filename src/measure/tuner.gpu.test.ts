// The tuner on the adapter of the tests, which computes on a CPU: every class is timed with every kernel, and nothing is
// left behind on the device.

import { expect, it } from 'vitest';
import { testGpu } from '../gpu/testing.ts';
import { choicesOf, tune, tuningItems } from './tuner.ts';
import type { TuningStep } from './tuning.ts';

it('times every class with every kernel', async () => {
  const gpu = await testGpu();
  const before = gpu.allocatedBytes;
  const steps: TuningStep[] = [];
  for await (const step of tune(gpu)) steps.push(step);
  expect(steps.map(({ storage, product }) => [storage, product])).toEqual(
    tuningItems(gpu.profile).map(({ storage, product }) => [storage, product]),
  );
  for (const { kernels, ms } of steps) {
    expect(kernels.length).toBe(2);
    expect(ms.length).toBe(2);
    for (const time of ms) expect(time).toBeGreaterThan(0);
  }
  expect(Object.keys(choicesOf(gpu.profile, steps)).length).toBe(steps.length);
  expect(gpu.allocatedBytes).toBe(before);
});
