// Every kernel against the float64 reference, on whatever adapter this browser has; without one the suite fails.
// Cases that only a GPU compiles in reasonable time, or that need subgroup matrices, are left to `weft check`.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device.ts';
import { testGpu } from '../gpu/testing.ts';
import { kernelCases, runCase } from './cases/index.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

for (const [operation, cases] of Object.entries(kernelCases)) {
  describe(operation, () => {
    it.each(cases().filter(({ gpuOnly, subgroupMatrix }) => !gpuOnly && !subgroupMatrix))(
      '$name',
      async (testCase) => {
        expect((await runCase(gpu, testCase)).failures).toEqual([]);
      },
    );
  });
}
