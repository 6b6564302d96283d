// Matrix products: out[M, N] = op(a)[M, K] . op(b)[K, N], with what follows the product (bias, GELU, residual,
// gradient of GELU) done on the tile before it is written. Shaders in shaders/matmul.

import gelu from '../../shaders/common/gelu.wgsl?raw';
import columnSumsShader from '../../shaders/matmul/column-sums.wgsl?raw';
import biasEpilogue from '../../shaders/matmul/epilogue/bias.wgsl?raw';
import geluEpilogue from '../../shaders/matmul/epilogue/gelu.wgsl?raw';
import geluBackwardEpilogue from '../../shaders/matmul/epilogue/gelu-backward.wgsl?raw';
import keepEpilogue from '../../shaders/matmul/epilogue/keep.wgsl?raw';
import residualEpilogue from '../../shaders/matmul/epilogue/residual.wgsl?raw';
import storeEpilogue from '../../shaders/matmul/epilogue/store.wgsl?raw';
import extentsCode from '../../shaders/matmul/extents.wgsl?raw';
import extentsUniformCode from '../../shaders/matmul/extents-uniform.wgsl?raw';
import plain from '../../shaders/matmul/plain.wgsl?raw';
import reduceShader from '../../shaders/matmul/reduce.wgsl?raw';
import subgroups from '../../shaders/matmul/subgroups.wgsl?raw';
import tiled from '../../shaders/matmul/tiled.wgsl?raw';
import type { Extent } from '../gpu/cut.ts';
import type { SubgroupMatrix } from '../gpu/device.ts';
import { type Constants, type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import { type DropoutSite, dropoutCode, floatLiteral, withDropout } from './dropout.ts';
import { matricesCode, matrixConstants } from './matrices.ts';
import { type Storage, storageCode } from './storage.ts';

export type Epilogue =
  /** out = product, float32; with a split K, the partial products of each part. */
  | { readonly kind: 'store' }
  /** out = product, stored as activations are. */
  | { readonly kind: 'keep' }
  /** out = product + bias. */
  | { readonly kind: 'bias' }
  /** preActivation = product + bias, out = gelu(preActivation). */
  | { readonly kind: 'gelu' }
  /** out = residual + dropout(product + bias), float32. */
  | { readonly kind: 'residual'; readonly dropout: DropoutSite }
  /** out = product * gelu'(preActivation). */
  | { readonly kind: 'geluBackward' };

export interface MatmulShape {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  /** a is stored [K, M]. */
  readonly transposeA?: boolean;
  /** b is stored [N, K]. */
  readonly transposeB?: boolean;
  /** Parts that K is split into, each with its own partial product; only with the `store` epilogue. */
  readonly parts?: number;
}

/** Tiles of `rows` x `columns` of the output, each a multiple of 64. */
interface Tile {
  readonly rows: number;
  readonly columns: number;
}

/** Tiles in float32 arithmetic; a thread makes `blocks` [along the rows, along the columns] of 4 x 4. */
export interface MatmulTile extends Tile {
  readonly blocks: readonly [1 | 2, 1 | 2];
}

/** Tiles on subgroup matrices, for float16 storage: `subgroups` [along the rows, along the columns] share one. */
export interface SubgroupTile extends Tile {
  readonly subgroups: readonly [number, number];
  /** K of one slice. */
  readonly depth: 16 | 32;
  /** Matrices side by side that a subgroup gives to the epilogue at a time. */
  readonly strip: number;
  readonly matrix: SubgroupMatrix;
}

/** A tile for GPUs; `plain`, without workgroup memory, for adapters that compute on a CPU. */
export type MatmulVariant = MatmulTile | SubgroupTile | 'plain';

/** The first does well on most shapes; the others do better on some GPUs, or some shapes. */
export const matmulTiles: readonly MatmulTile[] = [
  { rows: 64, columns: 128, blocks: [2, 2] },
  { rows: 128, columns: 128, blocks: [2, 2] },
  { rows: 128, columns: 64, blocks: [2, 2] },
  { rows: 128, columns: 64, blocks: [2, 1] },
  { rows: 64, columns: 64, blocks: [2, 2] },
];

/** The tiles on subgroup matrices of one size; the first does well on most shapes. */
export function subgroupTiles(matrix: SubgroupMatrix): readonly SubgroupTile[] {
  return [
    { rows: 128, columns: 128, subgroups: [2, 2], depth: 32, strip: 1, matrix },
    { rows: 128, columns: 128, subgroups: [2, 2], depth: 16, strip: 1, matrix },
    { rows: 64, columns: 128, subgroups: [2, 2], depth: 32, strip: 2, matrix },
    { rows: 128, columns: 64, subgroups: [2, 2], depth: 32, strip: 2, matrix },
    { rows: 64, columns: 64, subgroups: [2, 2], depth: 32, strip: 1, matrix },
  ];
}

export const isSubgroupTile = (variant: MatmulVariant): variant is SubgroupTile =>
  variant !== 'plain' && 'matrix' in variant;

const TILE = 64;
/** K of one slice of a tile in float32. */
const DEPTH = 16;
/** A part of K is whole slices of every tile. */
const DEEPEST = 32;

/** Workgroup memory, in bytes, that a tile takes. */
export function matmulStorageBytes({ rows, columns }: MatmulTile): number {
  return (DEPTH * (rows / 4 + 1 + columns / 4 + 1) + 2 * (DEPTH / 4) * 2) * 16;
}

/** The length of one part of K. */
function partLength(K: number, parts: number): number {
  return Math.ceil(K / parts / DEEPEST) * DEEPEST;
}

/** Whether a product's rows stand in eights, which is how subgroup tiles read them. */
export function fitsSubgroups({ M, N, K, transposeA = false, transposeB = false }: MatmulShape): boolean {
  return (transposeA ? M : K) % 8 === 0 && (transposeB ? K : N) % 8 === 0;
}

/** A matrix product. Bindings: a, b, out, and those of the epilogue (bias, preActivation, residual, step). */
export function matmul(
  shape: MatmulShape,
  epilogue: Epilogue,
  variant: MatmulVariant,
  storage: Storage = 'full',
): Kernel {
  const made = withoutSite(shape, epilogue, variant, storage);
  return epilogue.kind === 'residual' ? withDropout(made, epilogue.dropout) : made;
}

/** A product that knows at what rate it drops out, but not where. */
function withoutSite(
  shape: MatmulShape,
  epilogue: Epilogue,
  variant: MatmulVariant,
  storage: Storage,
): Kernel {
  const { M, N, K, transposeA = false, transposeB = false, parts = 1 } = shape;
  const part = partLength(K, parts);
  const constants: Constants = {
    TRANSPOSE_A: transposeA,
    TRANSPOSE_B: transposeB,
    ...(epilogue.kind === 'residual' ? { DROPOUT: floatLiteral(epilogue.dropout.rate) } : {}),
  };
  const files = [
    ...[storageCode[storage], extentsCode],
    ...{
      store: [storeEpilogue],
      keep: [keepEpilogue],
      bias: [biasEpilogue],
      gelu: [gelu, geluEpilogue],
      residual: [...dropoutCode, residualEpilogue],
      geluBackward: [gelu, geluBackwardEpilogue],
    }[epilogue.kind],
  ];
  const name = `matmul/${epilogue.kind} ${M}x${N}x${K}`;
  const work = 2 * M * N * K;
  const sharing = (code: string, more: Constants, grid: Extent): Kernel => ({
    ...kernel(name, [...files, extentsUniformCode, code], { ...constants, ...more }, grid, work),
    uniforms: { extents: [M, N, K, part] },
  });
  if (variant === 'plain') {
    const [x, y] = linearGrid(Math.ceil((Math.ceil(M / 4) * (N / 4)) / 64));
    return sharing(plain, {}, [x, y, parts]);
  }
  const { rows, columns } = variant;
  const grid = [Math.ceil(N / columns), Math.ceil(M / rows), parts] as const;
  const tile = {
    ...{ ROWS: rows, COLUMNS: columns },
    ...{ WHOLE_M: M % rows === 0, WHOLE_N: N % columns === 0, WHOLE_K: K % part === 0 },
  };
  if (!isSubgroupTile(variant)) {
    const [rowBlocks, columnBlocks] = variant.blocks;
    const more = { DEPTH, ROW_BLOCKS: rowBlocks, COLUMN_BLOCKS: columnBlocks };
    return sharing(tiled, { ...tile, ...more }, grid);
  }
  const { matrix, subgroups: split, depth, strip } = variant;
  // Whole tiles of plain sums need no epilogue.
  const isDirect = epilogue.kind === 'store' && M % rows === 0 && N % columns === 0;
  const more = {
    extents: `Extents(${[M, N, K, part].map((extent) => `${extent}u`).join(', ')})`,
    DEPTH: depth,
    ...matrixConstants(matrix),
    SUBGROUPS_M: split[0],
    SUBGROUPS_N: split[1],
    STRIP: strip,
    DIRECT: isDirect,
  };
  const order = (isTransposed: boolean) => (isTransposed ? 'col_major' : 'row_major');
  const code = subgroups
    .replace('ORDER_A>', `${order(transposeA)}>`)
    .replace('ORDER_B>', `${order(transposeB)}>`)
    .replace('&TARGET,', isDirect ? '&out,' : '&results[subgroup],');
  return kernel(name, [matricesCode, ...files, code], { ...constants, ...tile, ...more }, grid, work);
}

/**
 * Into how many parts to split K when the output is small and K, counting tokens, is long: enough workgroups to
 * fill a large GPU, each with at least 256 of K to sum.
 */
export function splitParts(M: number, N: number, K: number): number {
  const tiles = Math.ceil(M / TILE) * Math.ceil(N / TILE);
  const wanted = Math.ceil(512 / tiles);
  const parts = Math.max(1, Math.min(wanted, Math.floor(K / 256), 32));
  return Math.ceil(K / partLength(K, parts));
}

export interface ReduceShape {
  readonly parts: number;
  /** Runs of `size` elements in each part, whose gradients begin `stride` apart. */
  readonly blocks?: number;
  readonly size: number;
  readonly stride?: number;
}

/** gradient += sum over parts of partials [parts, blocks * size]. Bindings: partials, gradient. */
export function reduce({ parts, blocks = 1, size, stride = size }: ReduceShape): Kernel {
  const vectors = (blocks * size) / 4;
  // Many parts of a short run would leave a few threads to add for long.
  const share = parts >= 64 && vectors <= 4096 ? 16 : 1;
  return kernel(
    `matmul/reduce ${parts}x${blocks * size}`,
    [reduceShader],
    { PARTS: parts, BLOCKS: blocks, SIZE: size, GRADIENT_STRIDE: stride, SHARE: share },
    linearGrid(Math.ceil((vectors * share) / 64)),
  );
}

/** Partial column sums of dy [rows, width]. Bindings: dy, partials [parts, width]. */
export function columnSums(
  rows: number,
  width: number,
  storage: Storage = 'full',
): { kernel: Kernel; parts: number } {
  const rowsPart = rowsPerPart(rows);
  const parts = Math.ceil(rows / rowsPart);
  const grid = [Math.ceil(width / 4 / 64), parts, 1] as const;
  const constants = { ROWS: rows, WIDTH: width, ROWS_PART: rowsPart };
  return {
    kernel: kernel(
      `matmul/column-sums ${rows}x${width}`,
      [storageCode[storage], columnSumsShader],
      constants,
      grid,
    ),
    parts,
  };
}

/** Rows that one thread sums, in eights: few enough to fill a GPU, and at most 512 parts to add up. */
export function rowsPerPart(rows: number): number {
  return Math.max(32, 8 * Math.ceil(rows / 512 / 8));
}
