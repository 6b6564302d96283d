// Matrix products: out[M, N] = op(a)[M, K] . op(b)[K, N], with what follows the product (bias, GELU, residual,
// gradient of GELU) done on the tile before it is written. Shaders in shaders/matmul.

import gelu from '../../shaders/common/gelu.wgsl?raw';
import random from '../../shaders/common/random.wgsl?raw';
import step from '../../shaders/common/step.wgsl?raw';
import dropoutCode from '../../shaders/dropout/dropout.wgsl?raw';
import columnSumsShader from '../../shaders/matmul/column-sums.wgsl?raw';
import biasEpilogue from '../../shaders/matmul/epilogue/bias.wgsl?raw';
import geluEpilogue from '../../shaders/matmul/epilogue/gelu.wgsl?raw';
import geluBackwardEpilogue from '../../shaders/matmul/epilogue/gelu-backward.wgsl?raw';
import residualEpilogue from '../../shaders/matmul/epilogue/residual.wgsl?raw';
import storeEpilogue from '../../shaders/matmul/epilogue/store.wgsl?raw';
import plain from '../../shaders/matmul/plain.wgsl?raw';
import reduceShader from '../../shaders/matmul/reduce.wgsl?raw';
import tiled from '../../shaders/matmul/tiled.wgsl?raw';
import { type Constants, type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import { type DropoutSite, dropoutConstants } from './dropout.ts';

export type Epilogue =
  /** out = product; with a split K, the partial products of each part. */
  | { readonly kind: 'store' }
  /** out = product + bias. */
  | { readonly kind: 'bias' }
  /** preActivation = product + bias, out = gelu(preActivation). */
  | { readonly kind: 'gelu' }
  /** out = residual + dropout(product + bias). */
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
export interface MatmulTile {
  readonly rows: number;
  readonly columns: number;
}

/** A tile for GPUs; `plain`, without workgroup memory, for adapters that compute on a CPU. */
export type MatmulVariant = MatmulTile | 'plain';

export const matmulTiles: readonly MatmulTile[] = [
  { rows: 128, columns: 64 },
  { rows: 64, columns: 64 },
  { rows: 64, columns: 128 },
  { rows: 128, columns: 128 },
];

const TILE = 64;
/** K of one slice of a tile. */
const DEPTH = 16;

/** The length of one part of K. */
function partLength(K: number, parts: number): number {
  return Math.ceil(K / parts / DEPTH) * DEPTH;
}

/** A matrix product. Bindings: a, b, out, and those of the epilogue (bias, preActivation, residual, step). */
export function matmul(shape: MatmulShape, epilogue: Epilogue, variant: MatmulVariant): Kernel {
  const { M, N, K, transposeA = false, transposeB = false, parts = 1 } = shape;
  const constants: Constants = {
    M,
    N,
    K,
    TRANSPOSE_A: transposeA,
    TRANSPOSE_B: transposeB,
    K_PART: partLength(K, parts),
    ...(epilogue.kind === 'residual' ? dropoutConstants(epilogue.dropout) : {}),
  };
  const files = {
    store: [storeEpilogue],
    bias: [biasEpilogue],
    gelu: [gelu, geluEpilogue],
    residual: [random, step, dropoutCode, residualEpilogue],
    geluBackward: [gelu, geluBackwardEpilogue],
  }[epilogue.kind];
  const name = `matmul/${epilogue.kind} ${M}x${N}x${K}`;
  if (variant !== 'plain') {
    const { rows, columns } = variant;
    const more = { ROW_GROUPS: rows / 64, COLUMN_GROUPS: columns / 64, DEPTH };
    const grid = [Math.ceil(N / columns), Math.ceil(M / rows), parts] as const;
    return kernel(name, [...files, tiled], { ...constants, ...more }, grid, 2 * M * N * K);
  }
  const [x, y] = linearGrid(Math.ceil((Math.ceil(M / 4) * (N / 4)) / 64));
  return kernel(name, [...files, plain], constants, [x, y, parts], 2 * M * N * K);
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
  return kernel(
    `matmul/reduce ${parts}x${blocks * size}`,
    [reduceShader],
    { PARTS: parts, BLOCKS: blocks, SIZE: size, GRADIENT_STRIDE: stride },
    linearGrid(Math.ceil((blocks * size) / 4 / 64)),
  );
}

/** Partial column sums of dy [rows, width]. Bindings: dy, partials [parts, width]. */
export function columnSums(rows: number, width: number): { kernel: Kernel; parts: number } {
  const rowsPart = rowsPerPart(rows);
  const parts = Math.ceil(rows / rowsPart);
  const grid = [Math.ceil(width / 4 / 64), parts, 1] as const;
  const constants = { ROWS: rows, WIDTH: width, ROWS_PART: rowsPart };
  return {
    kernel: kernel(`matmul/column-sums ${rows}x${width}`, [columnSumsShader], constants, grid),
    parts,
  };
}

/** Rows that one thread sums: short enough to fill a GPU, and at most 512 parts to add up. */
export function rowsPerPart(rows: number): number {
  return Math.max(32, Math.ceil(rows / 512));
}
