// Kernels on subgroup matrices (tensor cores) begin with this file, which declares the types of the adapter's matrices.

import matricesShader from '../../shaders/common/matrices.wgsl?raw';
import type { SubgroupMatrix } from '../gpu/device.ts';
import type { Constants } from '../gpu/kernel.ts';

export const matricesCode = matricesShader;

/** The constants that the file asks for. */
export function matrixConstants({ M, N, K, lanes }: SubgroupMatrix): Constants {
  return { SIZE_M: M, SIZE_N: N, SIZE_K: K, LANES: lanes };
}
