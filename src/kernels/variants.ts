// Which kernels an adapter gets where there is more than one for an operation.

import type { SubgroupMatrix } from '../gpu/device.ts';
import type { Kernel } from '../gpu/kernel.ts';
import {
  type AttentionVariant,
  attentionMatrices,
  attentionStorageBytes,
  fitsAttention,
  type HeadWidths,
  isAttentionMatrices,
} from './attention-variants.ts';
import type { DecodeVariant } from './decode.ts';
import { type FusedVariant, fusedStorageBytes } from './decode-fused.ts';
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
import type { ReductionVariant } from './reduction.ts';
import type { Storage } from './storage.ts';

export interface KernelVariants {
  /** How activations and their gradients are stored. */
  readonly storage: Storage;
  /** Of a product, and of what follows it: nothing, by default. */
  readonly matmul: (shape: MatmulShape, epilogue?: Epilogue['kind']) => MatmulVariant;
  readonly attention: AttentionVariant;
  readonly decode: DecodeVariant;
  readonly reduction: ReductionVariant;
}

/** Tiles in workgroup memory for GPUs, with 48 KiB of it. */
export const gpuVariants: KernelVariants = {
  storage: 'full',
  matmul: () => matmulTiles[0]!,
  attention: { depth: 32 },
  // About as many workgroups as GPUs have cores, of which none reads more than its share of a cache near by.
  decode: { threads: 256, batch: 4, fused: { chunk: 256, attending: 128, slice: 32 } },
  reduction: { threads: 256, wholeRows: false },
};

/** Kernels that compile fast and need little workgroup memory, for adapters that compute on a CPU. */
export const softwareVariants: KernelVariants = {
  storage: 'full',
  matmul: () => 'plain',
  attention: 'rows',
  decode: { threads: 32, batch: 4, fused: null },
  reduction: { threads: 64, wholeRows: true },
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
export function productClass(shape: MatmulShape, epilogue: Epilogue['kind'] = 'store'): string {
  const { transposeA, transposeB } = shape;
  // No model takes the gradient of an input as plain sums.
  const inputGradient = epilogue === 'store' ? 'plain input gradient' : 'input gradient';
  const kind = transposeA ? 'weight gradient' : transposeB ? inputGradient : 'forward';
  return `${kind}, ${isNarrow(shape) ? 'narrow' : 'wide'}`;
}

const isNarrow = ({ M, N }: MatmulShape) => Math.min(M, N) <= 512;

/** The kernels that an adapter can compute a product with; the first is taken where nothing was measured. */
export function matmulCandidates(
  { software, workgroupStorageBytes, subgroupMatrix }: VariantProfile,
  storage: Storage,
  shape: MatmulShape,
  epilogue: Epilogue['kind'] = 'store',
): readonly MatmulVariant[] {
  if (storage === 'packed' && subgroupMatrix && fitsSubgroups(shape)) {
    return usualFirst(subgroupTiles(subgroupMatrix), ({ rows, depth }) => {
      const isShort = !shape.transposeA && !shape.transposeB && isNarrow(shape);
      const isShallow = shape.transposeB === true && epilogue !== 'store';
      return rows === (isShort ? 64 : 128) && depth === (isShallow ? 16 : 32);
    });
  }
  const fitting = matmulTiles.filter((tile) => matmulStorageBytes(tile) <= workgroupStorageBytes);
  // A CPU takes long to compile a tile: the smallest has to stand for all.
  if (software) return ['plain', ...fitting.slice(-1)];
  const side = shape.transposeB && !isNarrow(shape) && epilogue === 'store' ? 128 : 64;
  return usualFirst(fitting, ({ rows, columns }) => rows === side && columns === 128);
}

/** With the first that is the usual one moved to the front. */
function usualFirst<T>(tiles: readonly T[], isUsual: (tile: T) => boolean): readonly T[] {
  const usual = tiles.find(isUsual);
  return usual === undefined ? tiles : [usual, ...tiles.filter((tile) => tile !== usual)];
}

/** A kernel of products, for people: "64 x 128 in blocks of 2 x 2". */
export function variantName(variant: MatmulVariant): string {
  if (variant === 'plain') return 'plain';
  const size = `${variant.rows} x ${variant.columns}`;
  return isSubgroupTile(variant)
    ? `${size} on subgroup matrices, ${variant.depth} deep`
    : `${size} in blocks of ${variant.blocks.join(' x ')}`;
}

/** The variants for an adapter and a storage of activations. */
export function kernelVariants(profile: VariantProfile, storage: Storage = 'full'): KernelVariants {
  const product = (shape: MatmulShape, epilogue?: Epilogue['kind']) => {
    const candidates = matmulCandidates(profile, storage, shape, epilogue);
    const chosen = profile.choices?.[`${storage} ${productClass(shape, epilogue)}`] ?? 0;
    return candidates[chosen] ?? candidates[0]!;
  };
  if (profile.software) return { ...softwareVariants, storage, matmul: product };
  const { subgroupMatrix, workgroupStorageBytes } = profile;
  const usesMatrices = storage === 'packed' && subgroupMatrix;
  return {
    ...gpuVariants,
    storage,
    attention:
      (usesMatrices && widestMatrices(subgroupMatrix, { dQK: 64, dV: 64 }, workgroupStorageBytes)) ||
      widestTiles({ dQK: 128, dV: 128 }, workgroupStorageBytes),
    matmul: product,
  };
}

/** Whether attention can be computed in this way with heads of such widths. */
function fitsHeads(variant: AttentionVariant, widths: HeadWidths, workgroupStorageBytes: number): boolean {
  return fitsAttention(variant, widths) && attentionStorageBytes(variant, widths) <= workgroupStorageBytes;
}

/** Tiles on subgroup matrices, the fastest that there is room for. */
function widestMatrices(
  matrix: SubgroupMatrix,
  widths: HeadWidths,
  workgroupStorageBytes: number,
): AttentionVariant | undefined {
  return attentionMatrices(matrix).find((variant) => fitsHeads(variant, widths, workgroupStorageBytes));
}

/** Tiles in float32 as deep as there is room for; very wide heads leave none. */
function widestTiles(widths: HeadWidths, workgroupStorageBytes: number): AttentionVariant {
  const tiles = [{ depth: 32 }, { depth: 16 }] as const;
  return tiles.find((variant) => fitsHeads(variant, widths, workgroupStorageBytes)) ?? 'rows';
}

/** The variants for heads of these widths, which the preferred attention may not serve. */
export function fitHeads(
  variants: KernelVariants,
  widths: HeadWidths,
  workgroupStorageBytes: number,
): KernelVariants {
  const { attention } = variants;
  if (fitsHeads(attention, widths, workgroupStorageBytes)) return variants;
  const smaller =
    isAttentionMatrices(attention) && widestMatrices(attention.matrix, widths, workgroupStorageBytes);
  return { ...variants, attention: smaller || widestTiles(widths, workgroupStorageBytes) };
}

/** What the way to decode depends on. */
export interface DecodedShape {
  readonly samples: number;
  readonly nHead: number;
  readonly dQK: number;
  readonly dV: number;
  /** The most keys that a position sees in any head. */
  readonly mostKeys: number;
}

/** Wider models have work enough in each of their matrices. */
const WIDEST_FUSED = 512;

/** The variant that fuses the layers of a model while it decodes; null where a matrix is better a dispatch. */
export function fusedDecode(
  { decode }: KernelVariants,
  shape: DecodedShape,
  workgroupStorageBytes: number,
): FusedVariant | null {
  const { fused, threads } = decode;
  const width = shape.nHead * shape.dV;
  if (!fused || width > WIDEST_FUSED || Math.max(width, shape.dQK) / 4 > threads) return null;
  for (let { batch } = decode; batch >= 1; batch /= 2) {
    const variant = { ...decode, fused, batch };
    if (fusedStorageBytes(shape, variant) <= workgroupStorageBytes) return variant;
  }
  return null;
}

/** A matrix product with the kernel that suits its shape. Bindings as of `matmul`. */
export function product(variants: KernelVariants, shape: MatmulShape, epilogue: Epilogue): Kernel {
  return matmul(shape, epilogue, variants.matmul(shape, epilogue.kind), variants.storage);
}

/** The variants for an adapter, in words for people. */
export function variantWords(profile: VariantProfile): readonly string[] {
  const { attention } = kernelVariants(profile);
  return [
    'f32 arithmetic',
    ...(profile.subgroupMatrix ? ['subgroup matrices for mixed precision'] : []),
    `${profile.software ? 'plain matrix products' : 'matrix products in tiles'}${profile.choices ? ', tuned' : ''}`,
    ...(profile.software ? [] : ['sampling in fused layers']),
    attention !== 'rows' && 'depth' in attention
      ? `attention in tiles, ${attention.depth} features deep`
      : 'attention by rows',
  ];
}
