// Which kernels an adapter gets where there is more than one for an operation.

import type { SubgroupMatrix } from '../gpu/device.ts';
import type { Kernel } from '../gpu/kernel.ts';
import { type AttentionVariant, tileStorageBytes } from './attention.ts';
import type { DecodeVariant } from './decode.ts';
import {
  type Epilogue,
  fitsSubgroups,
  type MatmulShape,
  type MatmulVariant,
  matmul,
  matmulTiles,
  subgroupTiles,
} from './matmul.ts';
import type { Storage } from './storage.ts';

export interface KernelVariants {
  /** How activations and their gradients are stored. */
  readonly storage: Storage;
  readonly matmul: (shape: MatmulShape) => MatmulVariant;
  readonly attention: AttentionVariant;
  readonly decode: DecodeVariant;
}

/** Workgroups that keep a large GPU busy. */
const ENOUGH_WORKGROUPS = 256;

/** The first tile, from the largest on, that cuts a product into enough workgroups; otherwise the last. */
export function tileFor<T extends { readonly rows: number; readonly columns: number }>(
  tiles: readonly T[],
  { M, N, parts = 1 }: MatmulShape,
): T {
  const workgroups = ({ rows, columns }: T) => Math.ceil(M / rows) * Math.ceil(N / columns) * parts;
  return tiles.find((tile) => workgroups(tile) >= ENOUGH_WORKGROUPS) ?? tiles.at(-1)!;
}

/** Tiles in workgroup memory for GPUs, with 48 KiB of it. */
export const gpuVariants: KernelVariants = {
  storage: 'full',
  matmul: (shape) => tileFor(matmulTiles, shape),
  attention: { depth: 32 },
  decode: { threads: 256 },
};

/** Kernels that compile fast and need little workgroup memory, for adapters that compute on a CPU. */
export const softwareVariants: KernelVariants = {
  storage: 'full',
  matmul: () => 'plain',
  attention: 'rows',
  decode: { threads: 32 },
};

/** What the choice depends on. */
export interface VariantProfile {
  readonly software: boolean;
  readonly workgroupStorageBytes: number;
  readonly subgroupMatrix?: SubgroupMatrix;
}

/** The variants for an adapter and a storage of activations. */
export function kernelVariants(profile: VariantProfile, storage: Storage = 'full'): KernelVariants {
  if (profile.software) return { ...softwareVariants, storage };
  const depth = ([32, 16] as const).find(
    (depth) => tileStorageBytes({ depth }) <= profile.workgroupStorageBytes,
  );
  const attention = depth ? { depth } : 'rows';
  const { subgroupMatrix: matrix } = profile;
  if (storage === 'full' || !matrix) return { ...gpuVariants, storage, attention };
  const tiles = subgroupTiles(matrix);
  const matmul = (shape: MatmulShape) =>
    fitsSubgroups(shape) ? tileFor(tiles, shape) : tileFor(matmulTiles, shape);
  return { ...gpuVariants, storage, attention, matmul };
}

/** A matrix product with the kernel that suits its shape. Bindings as of `matmul`. */
export function product(variants: KernelVariants, shape: MatmulShape, epilogue: Epilogue): Kernel {
  return matmul(shape, epilogue, variants.matmul(shape), variants.storage);
}

/** The variants for an adapter, in words for people. */
export function variantWords(profile: VariantProfile): readonly string[] {
  const { attention } = kernelVariants(profile);
  return [
    'f32 arithmetic',
    ...(profile.subgroupMatrix ? ['subgroup matrices for mixed precision'] : []),
    profile.software ? 'plain matrix products' : 'matrix products in tiles',
    attention === 'rows' ? 'attention by rows' : `attention in tiles, ${attention.depth} features deep`,
  ];
}
