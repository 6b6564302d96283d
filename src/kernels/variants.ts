// Which kernels an adapter gets where there is more than one for an operation.

import type { SubgroupMatrix } from '../gpu/device.ts';
import type { Kernel } from '../gpu/kernel.ts';
import { type AttentionVariant, tileStorageBytes } from './attention.ts';
import type { DecodeVariant } from './decode.ts';
import {
  type Epilogue,
  fitsSubgroups,
  isSubgroupTile,
  type MatmulShape,
  type MatmulVariant,
  matmul,
  matmulStorageBytes,
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

/** Tiles in workgroup memory for GPUs, with 48 KiB of it. */
export const gpuVariants: KernelVariants = {
  storage: 'full',
  matmul: () => matmulTiles[0]!,
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
  /** What src/measure/tuner.ts found fastest here. */
  readonly choices?: Readonly<Record<string, number>>;
}

/** The class of a product by which a tile is chosen: what it is for, and whether its output is narrow or wide. */
export function productClass({ M, N, transposeA, transposeB }: MatmulShape): string {
  const kind = transposeA ? 'weight gradient' : transposeB ? 'input gradient' : 'forward';
  return `${kind}, ${Math.min(M, N) <= 512 ? 'narrow' : 'wide'}`;
}

/** The kernels that an adapter can compute a product with; the first is taken where nothing was measured. */
export function matmulCandidates(
  { software, workgroupStorageBytes, subgroupMatrix }: VariantProfile,
  storage: Storage,
  shape: MatmulShape,
): readonly MatmulVariant[] {
  if (storage === 'packed' && subgroupMatrix && fitsSubgroups(shape)) return subgroupTiles(subgroupMatrix);
  const tiles = matmulTiles.filter((tile) => matmulStorageBytes(tile) <= workgroupStorageBytes);
  // A CPU takes long to compile a tile: the smallest has to stand for all.
  return software ? ['plain', ...tiles.slice(-1)] : tiles;
}

/** A kernel of products, for people: "64 x 128 in blocks of 2 x 2". */
export function variantName(variant: MatmulVariant): string {
  if (variant === 'plain') return 'plain';
  const size = `${variant.rows} x ${variant.columns}`;
  return isSubgroupTile(variant)
    ? `${size} on subgroup matrices`
    : `${size} in blocks of ${variant.blocks.join(' x ')}`;
}

/** The variants for an adapter and a storage of activations. */
export function kernelVariants(profile: VariantProfile, storage: Storage = 'full'): KernelVariants {
  const product = (shape: MatmulShape) => {
    const candidates = matmulCandidates(profile, storage, shape);
    const chosen = profile.choices?.[`${storage} ${productClass(shape)}`] ?? 0;
    return candidates[chosen] ?? candidates[0]!;
  };
  if (profile.software) return { ...softwareVariants, storage, matmul: product };
  const depth = ([32, 16] as const).find(
    (depth) => tileStorageBytes({ depth }) <= profile.workgroupStorageBytes,
  );
  return {
    ...gpuVariants,
    storage,
    attention: depth ? { depth } : 'rows',
    matmul: product,
  };
}

/** The variants for heads of these widths: very wide ones leave no room for tiles. */
export function fitHeads(
  variants: KernelVariants,
  { dQK, dV }: { readonly dQK: number; readonly dV: number },
  workgroupStorageBytes: number,
): KernelVariants {
  const { attention } = variants;
  const fits = attention === 'rows' || tileStorageBytes(attention, dQK, dV) <= workgroupStorageBytes;
  return fits ? variants : { ...variants, attention: 'rows' };
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
    `${profile.software ? 'plain matrix products' : 'matrix products in tiles'}${profile.choices ? ', tuned' : ''}`,
    attention === 'rows' ? 'attention by rows' : `attention in tiles, ${attention.depth} features deep`,
  ];
}
