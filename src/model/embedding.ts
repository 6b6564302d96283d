// The model's embedding as its kernels see it.

import type { EmbeddingOffsets, EmbeddingShape, PositionTable } from '../kernels/index.ts';
import type { ModelConfig } from './config.ts';
import { type ParameterLayout, positionTableRows } from './parameters.ts';

/** Position p takes row floor(p / divisor) % modulus of each table (paper section 5.3). */
export function positionTables(config: ModelConfig): readonly PositionTable[] {
  const { positions } = config;
  const rows = positionTableRows(config);
  const divisors =
    positions.kind === 'image'
      ? [positions.width * positions.channels, positions.channels, 1]
      : [positions.stride, 1];
  return rows.map((modulus, index) => ({ modulus, divisor: divisors[index]! }));
}

export function embeddingShape(config: ModelConfig, B: number): EmbeddingShape {
  return {
    B,
    T: config.contextLength,
    width: config.dModel,
    vocabSize: config.vocabSize,
    tables: positionTables(config),
  };
}

export function embeddingOffsets(layout: ParameterLayout): EmbeddingOffsets {
  const offset = (name: string) => layout.byName.get(name)!.offset;
  const tables = layout.parameters.filter(({ name }) => name.startsWith('embed.position.'));
  return {
    token: offset('embed.token'),
    start: offset('embed.start'),
    tables: tables.map((table) => table.offset),
  };
}
