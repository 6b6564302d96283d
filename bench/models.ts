// The models that other engines were measured on: pre-LN transformers without biases, vocabulary 256.

import type { ModelConfig } from '../src/model/config.ts';
import type { EngineShape } from '../src/model/engine.ts';
import type { Factor } from '../src/patterns/index.ts';

export interface BenchModel {
  readonly name: string;
  readonly config: ModelConfig;
  readonly shape: EngineShape;
}

function model(
  name: string,
  [nLayer, dModel, nHead, dFF, contextLength, microBatch]: readonly [
    number,
    number,
    number,
    number,
    number,
    number,
  ],
  [stride, summaryCells, layers]: readonly [number, number, readonly (readonly (readonly Factor[])[])[]],
): BenchModel {
  return {
    name,
    config: {
      vocabSize: 256,
      contextLength,
      nLayer,
      nHead,
      dModel,
      dFF,
      dQueryKey: dModel,
      linearBias: false,
      attention: { stride, summaryCells, layers },
      positions: { kind: 'attention', stride },
      initialisation: 'released',
      dropout: 0,
    },
    shape: { microBatch, accumulation: 1, recompute: false },
  };
}

export const benchModels: readonly BenchModel[] = [
  model('T1 dense', [6, 256, 4, 1024, 1024, 8], [32, 8, [[['dense']]]]),
  model('T2 strided merged', [4, 256, 4, 1024, 12_288, 1], [128, 32, [[['local', 'column']]]]),
  model('T2 fixed merged', [4, 256, 4, 1024, 12_288, 1], [128, 32, [[['ownBlock', 'summary']]]]),
  model(
    'T3 strided interleaved',
    [12, 256, 2, 512, 3072, 4],
    [96, 32, [[['column']], [['local']], [['local']], [['local']]]],
  ),
];
