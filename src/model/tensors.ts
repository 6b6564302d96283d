// Every buffer of a training engine, by name and size: what is allocated, and what a run is said to need before
// anything is. Shapes: B windows of T bytes, R = B * T rows.

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

export interface TensorSizes {
  /** Elements of each parameter-sized arena: parameters, gradients and Adam's two moments. */
  readonly arena: number;
  /** The residual stream between blocks, nLayer + 1 of them: all that recomputation keeps of a layer. */
  readonly residual: number;
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
  | 'squarePartials'
  | 'dResidual'
  | 'dMiddle'
  | 'dMasked'
  | 'dNormed'
  | 'dAttended'
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
export function tensorSizes(config: ModelConfig, shape: EngineShape): TensorSizes {
  const { dModel, dFF, dQueryKey, nHead, vocabSize, contextLength, nLayer } = config;
  const rows = shape.microBatch * contextLength;
  const qkvWidth = 2 * dQueryKey + dModel;
  const { arenaSize } = parameterLayout(config);
  const product = (dIn: number, dOut: number) => splitParts(dIn, dOut, rows) * dIn * dOut;
  const embedding = embeddingShape(config, shape.microBatch);
  const partials = Math.max(
    product(dModel, qkvWidth),
    product(dModel, dModel),
    product(dModel, dFF),
    product(dFF, dModel),
    product(dModel, vocabSize),
    columnSums(rows, Math.max(qkvWidth, dFF)).parts * Math.max(qkvWidth, dFF),
    layerNormParameters({ rows, width: dModel }).parts * 2 * dModel,
    tokenBackwardPartials(embedding).parts * vocabSize * dModel,
    keyPartials(config, shape.microBatch),
  );
  return {
    arena: arenaSize,
    residual: rows * dModel,
    block: {
      normed1: rows * dModel,
      statistics1: rows * 2,
      qkv: rows * qkvWidth,
      attended: rows * dModel,
      lse: rows * nHead,
      middle: rows * dModel,
      normed2: rows * dModel,
      statistics2: rows * 2,
      preActivation: rows * dFF,
      activated: rows * dFF,
    },
    blockCopies: shape.recompute ? 1 : nLayer,
    shared: {
      tokens: Math.ceil(rows / 4),
      normedFinal: rows * dModel,
      statisticsFinal: rows * 2,
      logits: rows * vocabSize,
      losses: rows,
      lossSum: 4,
      metrics: 4,
      squarePartials: squareSums(arenaSize).groups * 2,
      dResidual: rows * dModel,
      dMiddle: rows * dModel,
      dMasked: config.dropout > 0 ? rows * dModel : 4,
      dNormed: rows * dModel,
      dAttended: rows * dModel,
      dQkv: rows * qkvWidth,
      dHidden: rows * dFF,
      delta: rows * nHead,
      partials,
      zeros: Math.max(qkvWidth, dFF, dModel),
    },
  };
}

/** Bytes that `tensorSizes` adds up to, and the largest single buffer among them. */
export function trainingMemory(
  config: ModelConfig,
  shape: EngineShape,
): { bytes: number; largestBytes: number } {
  const sizes = tensorSizes(config, shape);
  const block = Object.values(sizes.block);
  const shared = Object.values(sizes.shared);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const elements =
    4 * sizes.arena + (config.nLayer + 1) * sizes.residual + sizes.blockCopies * sum(block) + sum(shared);
  return {
    bytes: 4 * elements,
    largestBytes: 4 * Math.max(sizes.arena, sizes.residual, ...block, ...shared),
  };
}
