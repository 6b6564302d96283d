// The arena of parameters, or of their gradients, seen as the model's named matrices and vectors.

import type { ModelConfig } from '../model/config.ts';
import type { ParameterLayout } from '../model/parameters.ts';
import type { EmbeddingWeights } from './embedding.ts';

export interface LinearWeights {
  /** [dIn, dOut] */
  readonly weight: Float64Array;
  readonly bias: Float64Array | undefined;
}

export interface NormWeights {
  readonly gain: Float64Array;
  readonly bias: Float64Array;
}

export interface BlockWeights {
  readonly norm1: NormWeights;
  readonly qkv: LinearWeights;
  readonly attentionOutput: LinearWeights;
  readonly norm2: NormWeights;
  readonly ffIn: LinearWeights;
  readonly ffOut: LinearWeights;
}

export interface Weights {
  readonly embed: EmbeddingWeights;
  readonly blocks: readonly BlockWeights[];
  readonly finalNorm: NormWeights;
  readonly output: LinearWeights;
}

/** Views into `arena`, which is laid out by `layout`: what is written to them is written to the arena. */
export function viewWeights(config: ModelConfig, layout: ParameterLayout, arena: Float64Array): Weights {
  const find = (name: string) => {
    const parameter = layout.byName.get(name);
    return parameter && arena.subarray(parameter.offset, parameter.offset + parameter.size);
  };
  const get = (name: string) => {
    const view = find(name);
    if (!view) throw new RangeError(`The layout has no parameter ${name}.`);
    return view;
  };
  const linear = (name: string) => ({ weight: get(`${name}.weight`), bias: find(`${name}.bias`) });
  const norm = (name: string) => ({ gain: get(`${name}.gain`), bias: get(`${name}.bias`) });
  return {
    embed: {
      token: get('embed.token'),
      start: get('embed.start'),
      positions: layout.parameters
        .filter(({ name }) => name.startsWith('embed.position.'))
        .map(({ name }) => get(name)),
    },
    blocks: Array.from({ length: config.nLayer }, (_, layer) => ({
      norm1: norm(`blocks.${layer}.norm1`),
      qkv: linear(`blocks.${layer}.attention.qkv`),
      attentionOutput: linear(`blocks.${layer}.attention.output`),
      norm2: norm(`blocks.${layer}.norm2`),
      ffIn: linear(`blocks.${layer}.ff.in`),
      ffOut: linear(`blocks.${layer}.ff.out`),
    })),
    finalNorm: norm('finalNorm'),
    output: linear('output'),
  };
}
