// Which kernels an adapter gets where there is more than one for an operation.

import { type AttentionVariant, tileStorageBytes } from './attention.ts';
import type { DecodeVariant } from './decode.ts';
import { type MatmulVariant, matmulTiles } from './matmul.ts';

export interface KernelVariants {
  readonly matmul: MatmulVariant;
  readonly attention: AttentionVariant;
  readonly decode: DecodeVariant;
}

/** Tiles in workgroup memory for GPUs, with 48 KiB of it. */
export const gpuVariants: KernelVariants = {
  matmul: matmulTiles[0]!,
  attention: { depth: 32 },
  decode: { threads: 256 },
};

/** Kernels that compile fast and need little workgroup memory, for adapters that compute on a CPU. */
export const softwareVariants: KernelVariants = {
  matmul: 'plain',
  attention: 'rows',
  decode: { threads: 32 },
};

/** What the choice depends on. */
export interface VariantProfile {
  readonly software: boolean;
  readonly workgroupStorageBytes: number;
}

/** The variants for an adapter. */
export function kernelVariants(profile: VariantProfile): KernelVariants {
  if (profile.software) return softwareVariants;
  const fitting = ([32, 16] as const).find(
    (depth) => tileStorageBytes({ depth }) <= profile.workgroupStorageBytes,
  );
  return { ...gpuVariants, attention: fitting ? { depth: fitting } : 'rows' };
}

/** The variants for an adapter, in words for people. */
export function variantWords(profile: VariantProfile): readonly string[] {
  const { matmul, attention } = kernelVariants(profile);
  return [
    'f32 arithmetic',
    matmul === 'plain'
      ? 'plain matrix products'
      : `matrix products in tiles of ${matmul.rows} x ${matmul.columns}`,
    attention === 'rows' ? 'attention by rows' : `attention in tiles, ${attention.depth} features deep`,
  ];
}
