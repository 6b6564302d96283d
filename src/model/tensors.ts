// Every buffer of a training engine, by name and size: what is allocated, and what a run is said to need before
// anything is. Shapes: B windows of T bytes, R = B * T rows, of which a range has r (src/model/ranges.ts).
//
// Two tensors live in others that are idle meanwhile. With recomputation `middle`, the residual stream inside a block,
// lies in dQkv, which the attention's backward pass fills only when the feed-forward's is done with it. And the
// gradient of the attended values takes the residual stream behind the block, which nothing reads any more by then.

import {
  columnSums,
  gpuVariants,
  keyGradientPartials,
  layerNormParameters,
  splitParts,
  squareSums,
  tokenBackwardPartials,
} from '../kernels/index.ts';
import { headGroups, type ModelConfig } from './config.ts';
import { embeddingShape } from './embedding.ts';
import type { EngineShape } from './engine.ts';
import { parameterLayout } from './parameters.ts';
import { rangeRows, tokenRanges } from './ranges.ts';
import { STEP_UNIFORM_BYTES } from './step-uniforms.ts';

/** Tensors of one residual block that its backward pass reads. */
export const blockTensorNames = [
  'normed1',
  'statistics1',
  'qkv',
  'attended',
  'lse',
  'middle',
  'normed2',
  'statistics2',
  'preActivation',
  'activated',
] as const;
export type BlockTensorName = (typeof blockTensorNames)[number];

/** Those that recomputation makes again for each range, and need not keep. */
const rangeTensorNames: ReadonlySet<BlockTensorName> = new Set([
  'normed1',
  'normed2',
  'preActivation',
  'activated',
]);

/** Whether a block's tensor holds one range at a time, as all do that recomputation makes again for each. */
export function isPerRange(name: BlockTensorName, { recompute }: EngineShape): boolean {
  return recompute && rangeTensorNames.has(name);
}

export interface TensorSizes {
  /** Elements of each parameter-sized arena: parameters, gradients and Adam's two moments. */
  readonly arena: number;
  /** The residual stream between blocks, nLayer + 1 of them: all that recomputation keeps of a layer. */
  readonly residual: number;
  /** Rows of a range. */
  readonly rangeRows: number;
  readonly block: Readonly<Record<BlockTensorName, number>>;
  /** Sets of block tensors: one for each layer, or one for all where blocks are recomputed. */
  readonly blockCopies: number;
  /** Tensors that exist once. */
  readonly shared: Readonly<Record<SharedTensorName, number>>;
}

export type SharedTensorName =
  | 'tokens'
  | 'normedFinal'
  | 'statisticsFinal'
  | 'logits'
  | 'losses'
  | 'lossSum'
  | 'metrics'
  | 'halt'
  | 'squarePartials'
  | 'dResidual'
  | 'dMasked'
  | 'dNormed'
  | 'dQkv'
  | 'dHidden'
  | 'delta'
  | 'partials'
  | 'zeros';

/** Elements of the largest partial key and value gradients of any layer, on an adapter whose kernels split them. */
function keyPartials(config: ModelConfig, B: number): number {
  const { contextLength: T, nHead, attention } = config;
  const shape = { B, T, nHead, dQK: config.dQueryKey / nHead, dV: config.dModel / nHead };
  let largest = 0;
  for (let layer = 0; layer < attention.layers.length; layer++) {
    for (const { segments, ...heads } of headGroups(config, layer)) {
      for (const segment of segments) {
        largest = Math.max(largest, keyGradientPartials(shape, { ...heads, segment }, gpuVariants.attention));
      }
    }
  }
  return largest;
}

/** Sizes in float32 elements of everything that training this model in this shape allocates. */
export function tensorSizes(
  config: ModelConfig,
  shape: EngineShape,
  range = rangeRows(config, shape.microBatch),
): TensorSizes {
  const { dModel, dFF, dQueryKey, nHead, vocabSize, contextLength, nLayer } = config;
  const rows = shape.microBatch * contextLength;
  const qkvWidth = 2 * dQueryKey + dModel;
  const { arenaSize } = parameterLayout(config);
  const rowsOf = (name: BlockTensorName) => (isPerRange(name, shape) ? range : rows);
  return {
    arena: arenaSize,
    residual: rows * dModel,
    rangeRows: range,
    block: {
      normed1: rowsOf('normed1') * dModel,
      statistics1: rows * 2,
      qkv: rows * qkvWidth,
      attended: rows * dModel,
      lse: rows * nHead,
      middle: shape.recompute ? 0 : rows * dModel,
      normed2: rowsOf('normed2') * dModel,
      statistics2: rows * 2,
      preActivation: rowsOf('preActivation') * dFF,
      activated: rowsOf('activated') * dFF,
    },
    blockCopies: shape.recompute ? 1 : nLayer,
    shared: {
      tokens: Math.ceil(rows / 4),
      normedFinal: range * dModel,
      statisticsFinal: range * 2,
      logits: range * vocabSize,
      losses: rows,
      lossSum: 4,
      metrics: 4,
      halt: 4,
      squarePartials: squareSums(arenaSize).groups * 2,
      dResidual: rows * dModel,
      dMasked: config.dropout > 0 ? range * dModel : 4,
      dNormed: range * dModel,
      dQkv: rows * qkvWidth,
      dHidden: range * dFF,
      delta: rows * nHead,
      partials: partialSums(config, shape.microBatch, range),
      zeros: Math.max(qkvWidth, dFF, dModel),
    },
  };
}

/** Elements of the largest partial sums of any kernel. */
function partialSums(config: ModelConfig, B: number, range: number): number {
  const { dModel, dFF, dQueryKey, vocabSize, contextLength } = config;
  const qkvWidth = 2 * dQueryKey + dModel;
  const widest = Math.max(qkvWidth, dFF);
  // The last range may be shorter, which can take more parts.
  const rangeSizes = new Set(tokenRanges(B * contextLength, range).map(({ rows }) => rows));
  const overRanges = [...rangeSizes].flatMap((rows) => {
    const product = (dIn: number, dOut: number) => splitParts(dIn, dOut, rows) * dIn * dOut;
    return [
      product(dModel, qkvWidth),
      product(dModel, dModel),
      product(dModel, dFF),
      product(dFF, dModel),
      product(dModel, vocabSize),
      columnSums(rows, widest).parts * widest,
      layerNormParameters({ rows, width: dModel }).parts * 2 * dModel,
    ];
  });
  const embedding = tokenBackwardPartials(embeddingShape(config, B)).parts * vocabSize * dModel;
  return Math.max(...overRanges, embedding, keyPartials(config, B));
}

/** Bytes that `tensorSizes` adds up to, and the largest single buffer among them. */
export function trainingMemory(
  config: ModelConfig,
  shape: EngineShape,
): { bytes: number; largestBytes: number } {
  const sizes = tensorSizes(config, shape);
  const block = Object.values(sizes.block);
  const shared = Object.values(sizes.shared);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + bufferBytes(value), 0);
  return {
    bytes:
      4 * bufferBytes(sizes.arena) +
      (config.nLayer + 1) * bufferBytes(sizes.residual) +
      sizes.blockCopies * sum(block) +
      sum(shared) +
      STEP_UNIFORM_BYTES,
    largestBytes: 4 * Math.max(sizes.arena, sizes.residual, ...block, ...shared),
  };
}

/** Bytes of a buffer of float32 elements; none is made for a tensor without elements. */
function bufferBytes(elements: number): number {
  return Math.ceil(elements / 4) * 16;
}
