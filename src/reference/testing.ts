// Small models and made-up numbers for tests.

import { normal, uniform } from '../lib/random.ts';
import type { AttentionRow, AttentionRowsRequest } from '../model/attention.ts';
import { type AttentionConfig, headGroups, type ModelConfig } from '../model/config.ts';
import type { ParameterLayout } from '../model/parameters.ts';
import { attentionForward, attentionRows, type LayerAttention } from './ops.ts';
import { attentionShape } from './transformer.ts';

/** A model whose every size is different, over a length that its stride does not divide. */
export function smallConfig(changes: Partial<ModelConfig> = {}): ModelConfig {
  return {
    vocabSize: 256,
    contextLength: 11,
    nLayer: 2,
    nHead: 2,
    dModel: 8,
    dFF: 12,
    dQueryKey: 8,
    linearBias: true,
    attention: smallAttention([[['dense']]]),
    positions: { kind: 'attention', stride: 4 },
    initialisation: 'released',
    dropout: 0,
    ...changes,
  };
}

export function smallAttention(layers: AttentionConfig['layers']): AttentionConfig {
  return { stride: 4, summaryCells: 2, layers };
}

/** The factors and forms of the paper's section 4.3, by name. */
export const attentionCases: ReadonlyArray<readonly [string, AttentionConfig]> = [
  ['dense', smallAttention([[['dense']]])],
  ['local', smallAttention([[['local']]])],
  ['column', smallAttention([[['column']]])],
  ['own block', smallAttention([[['ownBlock']]])],
  ['summary', smallAttention([[['summary']]])],
  ['strided, interleaved', smallAttention([[['local']], [['column']]])],
  ['strided, merged', smallAttention([[['local', 'column']]])],
  ['strided, multi-head', smallAttention([[['local'], ['column']]])],
  ['fixed, interleaved', smallAttention([[['ownBlock']], [['summary']]])],
  ['fixed, merged', smallAttention([[['ownBlock', 'summary']]])],
  ['fixed, multi-head', smallAttention([[['ownBlock'], ['summary']]])],
];

/** Parameters that are nowhere zero or one, so that every gradient is alive. */
export function randomArena(layout: ParameterLayout, seed: number): Float64Array {
  const arena = new Float64Array(layout.arenaSize);
  for (const { offset, size, mean } of layout.parameters) {
    for (let i = offset; i < offset + size; i++) arena[i] = mean + 0.4 * normal(seed, 1, 0, i);
  }
  return arena;
}

export function randomTokens(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.floor(256 * uniform(seed, 2, 0, i)));
}

/** `length` normal numbers. */
export function randomValues(length: number, seed: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => normal(seed, 3, 0, i));
}

/** Queries and keys of every layer of one window that all score alike: each key that a head sees has the same weight. */
export function uniformAttention(config: ModelConfig): LayerAttention[] {
  const shape = attentionShape(config, 1);
  const qkv = new Float64Array(shape.T * (2 * shape.dQueryKey + shape.dModel));
  return Array.from({ length: config.nLayer }, (_, layer) => {
    return { qkv, lse: attentionForward(qkv, shape, headGroups(config, layer)).lse };
  });
}

/** Rows of such a window. */
export function uniformRows(
  config: ModelConfig,
  request: Pick<AttentionRowsRequest, 'layer' | 'heads' | 'queries'>,
): AttentionRow[] {
  const layer = uniformAttention(config)[request.layer]!;
  return attentionRows(layer, attentionShape(config, 1), headGroups(config, request.layer), request);
}
