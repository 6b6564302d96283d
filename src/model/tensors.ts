// Every buffer of a training engine, by name and size: what is allocated, and what a run is said to need before
// anything is. Shapes: B windows of T bytes, R = B * T rows, of which a range has r (src/model/ranges.ts).
//
// Two tensors live in others that are idle meanwhile. With recomputation `middle`, the residual stream inside a block,
// lies in dQkv, which the attention's backward pass fills only when the feed-forward's is done with it. And the
// gradient of the attended values takes the residual stream behind the block, which nothing reads any more by then.

import {
  attentionPartials,
  columnSums,
  gpuVariants,
  layerNormParts,
  type Storage,
  splitParts,
  squareSumGroups,
  storageOf,
  tokenBackwardPartials,
} from '../kernels/index.ts';
import { headGroups, headWidths, type ModelConfig } from './config.ts';
import { embeddingShape } from './embedding.ts';
import { EngineError, type EngineShape } from './engine.ts';
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

/** Those that mixed precision stores in float16. */
const storedTensorNames: ReadonlySet<string> = new Set([
  'normed1',
  'qkv',
  'attended',
  'normed2',
  'preActivation',
  'activated',
  'normedFinal',
  'dLogits',
  'dBranch',
  'dNormed',
  'dQkv',
  'dHidden',
]);

/** Bytes of an element of a tensor. */
export function elementBytes(name: BlockTensorName | SharedTensorName, { precision }: EngineShape): 2 | 4 {
  return precision === 'mixed' && storedTensorNames.has(name) ? 2 : 4;
}

/** Whether a block's tensor holds one range at a time, as all do that recomputation makes again for each. */
export function isPerRange(name: BlockTensorName, { recompute }: EngineShape): boolean {
  return recompute && rangeTensorNames.has(name);
}

export interface TensorSizes {
  /** Elements of each parameter-sized arena: parameters, gradients and Adam's two moments. */
  readonly arena: number;
  /** Elements of the working copy of the matrices, where there is one. */
  readonly weights: number;
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
  | 'dLogits'
  | 'losses'
  | 'lossSum'
  | 'metrics'
  | 'halt'
  | 'lossScale'
  | 'squarePartials'
  | 'dResidual'
  | 'dBranch'
  | 'dNormed'
  | 'dQkv'
  | 'dHidden'
  | 'delta'
  | 'partials'
  | 'zeros';

/** Elements of the largest partial sums of attention's gradients in any layer, on an adapter whose kernels make some. */
function gradientPartials(config: ModelConfig, B: number, storage: Storage): number {
  const { contextLength: T, nHead, attention } = config;
  const shape = { B, T, nHead, ...headWidths(config) };
  const form = { variant: gpuVariants.attention, storage };
  let largest = 0;
  for (let layer = 0; layer < attention.layers.length; layer++) {
    for (const { segments, ...heads } of headGroups(config, layer)) {
      for (const segment of segments) {
        largest = Math.max(largest, attentionPartials(shape, { ...heads, segment }, form));
      }
    }
  }
  return largest;
}

/** Sizes in elements of everything that training this model in this shape allocates. */
export function tensorSizes(
  config: ModelConfig,
  shape: EngineShape,
  range = rangeRows(config, shape.microBatch),
): TensorSizes {
  const { dModel, dFF, dQueryKey, nHead, vocabSize, contextLength, nLayer } = config;
  const rows = shape.microBatch * contextLength;
  const qkvWidth = 2 * dQueryKey + dModel;
  const { arenaSize, decayEnd } = parameterLayout(config);
  const isMixed = shape.precision === 'mixed';
  const rowsOf = (name: BlockTensorName) => (isPerRange(name, shape) ? range : rows);
  return {
    arena: arenaSize,
    weights: isMixed ? decayEnd : 0,
    residual: rows * dModel,
    rangeRows: range,
    block: {
      normed1: rowsOf('normed1') * dModel,
      statistics1: rows * 2,
      qkv: rows * qkvWidth,
      attended: rows * dModel,
      lse: rows * nHead,
      middle: shape.recompute && qkvWidth * elementBytes('dQkv', shape) >= 4 * dModel ? 0 : rows * dModel,
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
      dLogits: isMixed ? range * vocabSize : 8,
      losses: rows,
      lossSum: 4,
      metrics: 4,
      halt: 4,
      lossScale: 4,
      squarePartials: squareSumGroups(arenaSize) * 2,
      dResidual: rows * dModel,
      dBranch: config.dropout > 0 || isMixed ? rows * dModel : 8,
      dNormed: range * dModel,
      dQkv: rows * qkvWidth,
      dHidden: range * dFF,
      delta: rows * nHead,
      partials: partialSums(config, shape, range),
      zeros: Math.max(qkvWidth, dFF, dModel),
    },
  };
}

/** Elements of the largest partial sums of any kernel. */
function partialSums(config: ModelConfig, { microBatch: B, precision }: EngineShape, range: number): number {
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
      layerNormParts(rows) * 2 * dModel,
    ];
  });
  const embedding = tokenBackwardPartials(embeddingShape(config, B)).parts * vocabSize * dModel;
  return Math.max(...overRanges, embedding, gradientPartials(config, B, storageOf(precision)));
}

/** Bytes that `tensorSizes` adds up to, and the largest single buffer among them. */
export function trainingMemory(
  config: ModelConfig,
  shape: EngineShape,
): { bytes: number; largestBytes: number } {
  const sizes = tensorSizes(config, shape);
  const bytesOf = (tensors: TensorSizes['block'] | TensorSizes['shared']) =>
    Object.entries(tensors).map(([name, elements]) =>
      bufferBytes(elements * elementBytes(name as BlockTensorName | SharedTensorName, shape)),
    );
  const block = bytesOf(sizes.block);
  const shared = bytesOf(sizes.shared);
  const arena = bufferBytes(4 * sizes.arena);
  const residual = bufferBytes(4 * sizes.residual);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    bytes:
      4 * arena +
      bufferBytes(2 * sizes.weights) +
      (config.nLayer + 1) * residual +
      sizes.blockCopies * sum(block) +
      sum(shared) +
      STEP_UNIFORM_BYTES,
    largestBytes: Math.max(arena, residual, ...block, ...shared),
  };
}

/** Bytes of a buffer; none is made for a tensor without elements. */
function bufferBytes(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

/** Throws an EngineError 'out-of-memory' where a run needs a buffer larger than can be bound. */
export function requireBindable(config: ModelConfig, shape: EngineShape, maxBindingBytes: number): void {
  const { bytes, largestBytes } = trainingMemory(config, shape);
  if (largestBytes <= maxBindingBytes) return;
  const [needed, all, limit] = [largestBytes, bytes, maxBindingBytes].map(
    (size) => `${Math.ceil(size / 2 ** 20)} MiB`,
  );
  throw new EngineError(
    'out-of-memory',
    `This run needs a buffer of ${needed} (${all} in all); this GPU binds at most ${limit}. Choose a smaller batch, context or width.`,
  );
}
