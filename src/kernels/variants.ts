// Which kernels an adapter gets where there is more than one for an operation.

import type { AttentionVariant } from './attention.ts';
import { type MatmulVariant, matmulTiles } from './matmul.ts';

export interface KernelVariants {
  readonly matmul: MatmulVariant;
  readonly attention: AttentionVariant;
}

/** Tiles in workgroup memory for GPUs. */
export const gpuVariants: KernelVariants = { matmul: matmulTiles[0]!, attention: 'tiles' };

/** Kernels that compile fast and need little workgroup memory, for adapters that compute on a CPU. */
export const softwareVariants: KernelVariants = { matmul: 'plain', attention: 'rows' };

/** The variants for an adapter. */
export function kernelVariants(profile: { readonly software: boolean }): KernelVariants {
  return profile.software ? softwareVariants : gpuVariants;
}

/** The variants for an adapter, in words for people. */
export function variantWords(profile: { readonly software: boolean }): readonly string[] {
  const { matmul, attention } = kernelVariants(profile);
  return [
    'f32 arithmetic',
    matmul === 'plain'
      ? 'plain matrix products'
      : `matrix products in tiles of ${matmul.rows} x ${matmul.columns}`,
    `attention in ${attention}`,
  ];
}
