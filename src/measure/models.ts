// The models that other engines were measured on: pre-LN transformers without biases, vocabulary 256; small copies of
// them for adapters that compute on a CPU; and the one that is trained over long contexts.

import type { ModelConfig } from '../model/config.ts';
import type { EngineShape } from '../model/engine.ts';
import type { Factor, LayerFactors } from '../patterns/index.ts';

/** What attention alone is measured on, in the order of tables. */
export const attentionPatterns: ReadonlyMap<string, readonly Factor[]> = new Map<string, readonly Factor[]>([
  ['dense', ['dense']],
  ['local', ['local']],
  ['column', ['column']],
  ['strided', ['local', 'column']],
  ['fixed', ['ownBlock', 'summary']],
]);

export interface BenchModel {
  readonly name: string;
  readonly config: ModelConfig;
  readonly shape: EngineShape;
}

type Sizes = readonly [
  nLayer: number,
  dModel: number,
  nHead: number,
  dFF: number,
  contextLength: number,
  microBatch: number,
];
type Attention = readonly [stride: number, summaryCells: number, layers: LayerFactors];

export function benchModel(
  name: string,
  [nLayer, dModel, nHead, dFF, contextLength, microBatch]: Sizes,
  [stride, summaryCells, layers]: Attention,
  recompute = false,
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
    shape: { microBatch, accumulation: 1, recompute },
  };
}

const dense: LayerFactors = [[['dense']]];
const stridedMerged: LayerFactors = [[['local', 'column']]];
const fixedMerged: LayerFactors = [[['ownBlock', 'summary']]];
const columnThenLocal: LayerFactors = [[['column']], [['local']], [['local']], [['local']]];

export const benchModels: readonly BenchModel[] = [
  benchModel('T1 dense', [6, 256, 4, 1024, 1024, 8], [32, 8, dense]),
  benchModel('T2 strided merged', [4, 256, 4, 1024, 12_288, 1], [128, 32, stridedMerged]),
  benchModel('T2 fixed merged', [4, 256, 4, 1024, 12_288, 1], [128, 32, fixedMerged]),
  benchModel('T3 strided interleaved', [12, 256, 2, 512, 3072, 4], [96, 32, columnThenLocal]),
];

export const tinyModels: readonly BenchModel[] = [
  benchModel('T1 dense, tiny', [2, 32, 2, 64, 64, 2], [8, 2, dense]),
  benchModel('T2 strided merged, tiny', [2, 32, 2, 64, 128, 1], [16, 4, stridedMerged]),
  benchModel('T2 fixed merged, tiny', [2, 32, 2, 64, 128, 1], [16, 4, fixedMerged]),
  benchModel('T3 strided interleaved, tiny', [4, 32, 2, 64, 64, 1], [8, 2, columnThenLocal]),
];

/** The nearest power of two to the square root of a length: the stride that makes both factors cost alike. */
export function squareStride(length: number): number {
  return 2 ** Math.round(Math.log2(length) / 2);
}

/** About 3 million parameters at any length; the paper trained one as large over 1,048,576 positions. */
export function longModel(length: number, stride: number, tiny: boolean): BenchModel {
  const layers: LayerFactors = [[['local']], [['column']]];
  const sizes: Sizes = tiny ? [2, 32, 2, 64, length, 1] : [12, 128, 2, 640, length, 1];
  return benchModel(`strided interleaved, ${length}`, sizes, [stride, stride >> 2, layers], true);
}
