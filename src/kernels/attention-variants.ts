// The ways in which attention is computed: rows a thread, tiles in float32, tiles on subgroup matrices. A workgroup owns
// some rows of one side, and those of the other stream by.

import type { SubgroupMatrix } from '../gpu/device.ts';
import type { Constants } from '../gpu/kernel.ts';
import { matrixConstants } from './matrices.ts';

/** Widths of one head's query and key, and of its value; multiples of 4. */
export interface HeadWidths {
  readonly dQK: number;
  readonly dV: number;
}

/** Tiles in float32, whose scores are summed over `depth` features at a time. */
export interface AttentionTiles {
  readonly depth: 16 | 32;
}

/** Tiles on subgroup matrices, for float16 storage. */
export interface AttentionMatrices {
  readonly matrix: SubgroupMatrix;
  /** Rows of a workgroup, where a group has so many. */
  readonly own: 64 | 128;
  /** Own rows that one subgroup makes the products of. */
  readonly part: number;
  /** Rows that stream by at a time. */
  readonly stream: 32 | 64;
}

/** Tiles for GPUs; `rows`, a row a thread, where the adapter computes on a CPU or has little workgroup memory. */
export type AttentionVariant = AttentionTiles | AttentionMatrices | 'rows';

export const isAttentionMatrices = (variant: AttentionVariant): variant is AttentionMatrices =>
  variant !== 'rows' && 'matrix' in variant;

/** Workgroup memory that every adapter has, less a little for what else the kernels keep there. */
const ROW_STORAGE_BYTES = 16_384 - 256;

/**
 * Groups of so few rows take tiles half as high and, in float32, slices half as deep: less of a tile is empty, and more
 * workgroups fit, which the short ones need.
 */
const SHORT_ROWS = 128;

/** Rows of the other side that stream by at a time, in float32. */
export const STREAMED_ROWS = 64;

/** Rows of one tile, which is of `own` rows where a group has so many. */
export function tileRows(rows: number, own: 64 | 128 = 64): number {
  return rows <= SHORT_ROWS ? SHORT_ROWS / 4 : own;
}

/** Rows of one tile of a variant. */
export function ownRows(variant: AttentionVariant, rows: number): number {
  return tileRows(rows, isAttentionMatrices(variant) ? variant.own : 64);
}

/** The tiles on matrices of one size, the fastest of those that were measured first: it takes the most workgroup memory. */
export function attentionMatrices(matrix: SubgroupMatrix): readonly AttentionMatrices[] {
  return ([128, 64] as const).map((own) => ({ matrix, own, part: matrix.M, stream: 32 }));
}

/** Whether a variant serves heads of such widths: on matrices these are whole ones, of rows that stand in eights. */
export function fitsAttention(variant: AttentionVariant, { dQK, dV }: HeadWidths): boolean {
  if (!isAttentionMatrices(variant)) return true;
  const { matrix, part, stream } = variant;
  const { M, N, K, lanes } = matrix;
  const divides = (step: number) => [dQK, dV, stream].every((width) => width % step === 0);
  return [8, N, K].every(divides) && part % M === 0 && lanes % part === 0 && lanes / part <= 4;
}

/** Workgroup memory, in bytes, that a variant takes with heads of such widths. */
export function attentionStorageBytes(variant: AttentionVariant, { dQK, dV }: HeadWidths): number {
  if (variant === 'rows') return 0;
  if (!isAttentionMatrices(variant)) {
    return Math.max(2 * 64 * (variant.depth / 4 + 1), 64 * 16 + 16 * (Math.max(dQK, dV) / 4)) * 16;
  }
  const { own, stream } = variant;
  // Scores in float32 and weights in float16; streamed rows; statistics of the queries, or a flag.
  return own * (stream + 8) * (4 + 2) + stream * (dQK + 8 + dV + 8) * 2 + Math.max(own, stream) * 8;
}

/**
 * How many rows of the other side pass by at a time where a thread has a row: as many as fit, but few enough that a CPU's
 * compiler, which writes the loops over them out, is soon done, and that little is computed beyond the edge of a window.
 */
function passingRows({ dQK, dV }: HeadWidths): number {
  const most = ROW_STORAGE_BYTES / (4 * (dQK + dV));
  return Math.max(1, Math.min(8, 2 ** Math.floor(Math.log2(most))));
}

/** What the shaders of a variant ask for, over groups of so many rows. */
export function attentionConstants(variant: AttentionVariant, widths: HeadWidths, rows: number): Constants {
  if (variant === 'rows') return { PASSING: passingRows(widths) };
  if (!isAttentionMatrices(variant)) return { DEPTH4: (rows <= SHORT_ROWS ? 16 : variant.depth) / 4 };
  const { matrix, part, stream } = variant;
  return { STREAM: stream, SUBGROUPS: ownRows(variant, rows) / part, ...matrixConstants(matrix) };
}
