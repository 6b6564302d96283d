// Token and position embeddings behind the learned start vector, forward and backward. Shaders in shaders/embedding.

import forward from '../../shaders/embedding/forward.wgsl?raw';
import positionBackward from '../../shaders/embedding/position-backward.wgsl?raw';
import tokenBackward from '../../shaders/embedding/token-backward.wgsl?raw';
import { type Constants, type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';

/** Position p takes row floor(p / divisor) % modulus of a table. */
export interface PositionTable {
  readonly divisor: number;
  readonly modulus: number;
}

export interface EmbeddingShape {
  readonly B: number;
  readonly T: number;
  readonly width: number;
  readonly vocabSize: number;
  /** Two or three. */
  readonly tables: readonly PositionTable[];
}

/** First elements of the embedding's parameters in the arena. */
export interface EmbeddingOffsets {
  readonly token: number;
  readonly start: number;
  readonly tables: readonly number[];
}

/** Constants of the tables, for this file's kernels and for decoding. */
export function embeddingConstants(tables: readonly PositionTable[], offsets: EmbeddingOffsets): Constants {
  const constants: Record<string, number> = {
    TABLES: tables.length,
    TOKEN_OFFSET: offsets.token,
    START_OFFSET: offsets.start,
  };
  for (let index = 0; index < 3; index++) {
    constants[`TABLE${index}_OFFSET`] = offsets.tables[index] ?? 0;
    constants[`DIVISOR${index}`] = tables[index]?.divisor ?? 1;
    constants[`MODULUS${index}`] = tables[index]?.modulus ?? 1;
  }
  return constants;
}

/** Bindings: tokens, parameters (the arena), x [B * T, width]. */
export function embeddingForward(shape: EmbeddingShape, offsets: EmbeddingOffsets): Kernel {
  const { B, T, width, tables } = shape;
  const constants = { ROWS: B * T, T, WIDTH: width, ...embeddingConstants(tables, offsets) };
  return kernel('embedding/forward', [forward], constants, linearGrid(Math.ceil((B * T * width) / 4 / 64)));
}

/** Partial sums by byte. Bindings: tokens, dx, partials [parts, vocabSize, width]. */
export function tokenBackwardPartials({ B, T, width, vocabSize }: EmbeddingShape): {
  kernel: Kernel;
  parts: number;
} {
  const rows = B * T;
  const rowsPart = Math.max(256, 4 * Math.ceil(rows / 32 / 4));
  const parts = Math.ceil(rows / rowsPart);
  const constants = { ROWS: rows, T, WIDTH: width, ROWS_PART: rowsPart, VOCAB: vocabSize };
  return {
    // Every byte's workgroups look at all bytes.
    kernel: kernel(
      'embedding/token-backward',
      [tokenBackward],
      constants,
      [vocabSize, parts, 1],
      rows * vocabSize * 100,
    ),
    parts,
  };
}

/** Adds to the gradient of one position table. Bindings: dx, gradient. */
export function positionBackwardTable({ B, T, width }: EmbeddingShape, table: PositionTable): Kernel {
  const constants = {
    BATCH: B,
    T,
    WIDTH: width,
    DIVISOR: table.divisor,
    MODULUS: table.modulus,
    START: false,
  };
  return kernel(
    'embedding/position-backward',
    [positionBackward],
    constants,
    linearGrid(table.modulus),
    B * T * width * 100,
  );
}

/** Adds to the gradient of the start vector. Bindings: dx, gradient. */
export function startBackward({ B, T, width }: EmbeddingShape): Kernel {
  const constants = { BATCH: B, T, WIDTH: width, DIVISOR: 1, MODULUS: 1, START: true };
  return kernel('embedding/start-backward', [positionBackward], constants, [1, 1, 1]);
}
