// The forward pass, laid out as dispatches. Shapes: R = B * T rows, d = dModel.

import type { BufferSlice, PlanBuilder } from '../gpu/plan.ts';
import {
  type AttentionShape,
  attentionForward,
  crossEntropyForward,
  embeddingForward,
  type KernelVariants,
  layerNormForward,
  matmul,
} from '../kernels/index.ts';
import { FINAL_NORM_EPS, headGroups, LAYER_NORM_EPS, type ModelConfig } from './config.ts';
import { embeddingOffsets, embeddingShape } from './embedding.ts';
import type { ParameterLayout } from './parameters.ts';
import type { BlockTensorName, SharedTensorName } from './tensors.ts';

export type BlockTensors = Readonly<Record<BlockTensorName, GPUBuffer>>;

/** Everything that a plan is laid out over. */
export interface PlanContext {
  readonly config: ModelConfig;
  readonly layout: ParameterLayout;
  /** B of the plan. */
  readonly microBatch: number;
  readonly variants: KernelVariants;
  readonly parameters: GPUBuffer;
  readonly gradients: GPUBuffer;
  readonly step: GPUBuffer;
  /** The residual stream: residual[l] enters block l, residual[nLayer] the final norm. */
  readonly residual: readonly GPUBuffer[];
  /** Tensors of block l; the same for all where blocks are recomputed. */
  readonly blocks: readonly BlockTensors[];
  readonly shared: Readonly<Record<SharedTensorName, GPUBuffer>>;
}

/** The part of an arena that holds a parameter, or its gradient. */
export function slice(context: PlanContext, arena: GPUBuffer, name: string): BufferSlice {
  const parameter = context.layout.byName.get(name);
  if (!parameter) throw new RangeError(`The model has no parameter ${name}.`);
  return { buffer: arena, offset: parameter.offset, size: parameter.size };
}

/** A projection's bias; zeros where the model has none. */
function biasOf(context: PlanContext, linear: string): BufferSlice {
  return context.config.linearBias
    ? slice(context, context.parameters, `${linear}.bias`)
    : context.shared.zeros;
}

export function attentionShape({ config, microBatch }: PlanContext): AttentionShape {
  return {
    B: microBatch,
    T: config.contextLength,
    nHead: config.nHead,
    dQK: config.dQueryKey / config.nHead,
    dV: config.dModel / config.nHead,
  };
}

/** tokens -> residual[0] [R, d]. */
export function addEmbedding(plan: PlanBuilder, context: PlanContext): void {
  const { config, layout, parameters, shared, residual, microBatch } = context;
  plan.add(embeddingForward(embeddingShape(config, microBatch), embeddingOffsets(layout)), {
    tokens: shared.tokens,
    parameters,
    x: residual[0]!,
  });
}

/**
 * One residual block, x + a + b (paper section 5.2): residual[layer] [R, d] -> residual[layer + 1].
 * `output: false` stops before the last product: all that the backward pass needs of a recomputed block.
 */
export function addBlock(
  plan: PlanBuilder,
  context: PlanContext,
  layer: number,
  { dropout, output }: { readonly dropout: number; readonly output: boolean },
): void {
  const { config, parameters, step, residual, variants } = context;
  const { dModel, dFF } = config;
  const rows = context.microBatch * config.contextLength;
  const name = `blocks.${layer}`;
  const tensors = context.blocks[layer]!;
  const x = residual[layer]!;
  const parameter = (suffix: string) => slice(context, parameters, `${name}.${suffix}`);

  addAttention(plan, context, layer);
  plan.add(
    matmul(
      { M: rows, N: dModel, K: dModel },
      { kind: 'residual', dropout: { rate: dropout, layer, branch: 'attention' } },
      variants.matmul,
    ),
    {
      a: tensors.attended,
      b: parameter('attention.output.weight'),
      bias: biasOf(context, `${name}.attention.output`),
      residual: x,
      out: tensors.middle,
      step,
    },
  );
  plan.add(layerNormForward({ rows, width: dModel }, LAYER_NORM_EPS), {
    x: tensors.middle,
    gain: parameter('norm2.gain'),
    bias: parameter('norm2.bias'),
    y: tensors.normed2,
    statistics: tensors.statistics2,
  });
  // [R, d] -> [R, dFF]
  plan.add(matmul({ M: rows, N: dFF, K: dModel }, { kind: 'gelu' }, variants.matmul), {
    a: tensors.normed2,
    b: parameter('ff.in.weight'),
    bias: biasOf(context, `${name}.ff.in`),
    preActivation: tensors.preActivation,
    out: tensors.activated,
  });
  if (!output) return;
  plan.add(
    matmul(
      { M: rows, N: dModel, K: dFF },
      { kind: 'residual', dropout: { rate: dropout, layer, branch: 'feedForward' } },
      variants.matmul,
    ),
    {
      a: tensors.activated,
      b: parameter('ff.out.weight'),
      bias: biasOf(context, `${name}.ff.out`),
      residual: tensors.middle,
      out: residual[layer + 1]!,
      step,
    },
  );
}

/** residual[layer] [R, d] -> normed [R, d] -> qkv [R, 2 dQueryKey + d] -> attended [R, d], segment after segment. */
export function addAttention(plan: PlanBuilder, context: PlanContext, layer: number): void {
  const { config, parameters, variants } = context;
  const { dModel, dQueryKey } = config;
  const rows = context.microBatch * config.contextLength;
  const name = `blocks.${layer}`;
  const parameter = (suffix: string) => slice(context, parameters, `${name}.${suffix}`);
  const tensors = context.blocks[layer]!;
  const { qkv, attended, lse } = tensors;
  plan.add(layerNormForward({ rows, width: dModel }, LAYER_NORM_EPS), {
    x: context.residual[layer]!,
    gain: parameter('norm1.gain'),
    bias: parameter('norm1.bias'),
    y: tensors.normed1,
    statistics: tensors.statistics1,
  });
  // [R, d] -> [R, 2 dQueryKey + d]: queries, keys and values of all heads side by side.
  plan.add(matmul({ M: rows, N: 2 * dQueryKey + dModel, K: dModel }, { kind: 'bias' }, variants.matmul), {
    a: tensors.normed1,
    b: parameter('attention.qkv.weight'),
    bias: biasOf(context, `${name}.attention.qkv`),
    out: tensors.qkv,
  });
  const shape = attentionShape(context);
  for (const { firstHead, nHead, segments } of headGroups(context.config, layer)) {
    for (const [index, segment] of segments.entries()) {
      plan.add(
        attentionForward(shape, { segment, firstHead, nHead }, index > 0, context.variants.attention),
        {
          qkv,
          o: attended,
          lse,
        },
      );
    }
  }
}

/** residual[nLayer] [R, d] -> logits [R, V]. */
export function addLogits(plan: PlanBuilder, context: PlanContext): void {
  const { config, parameters, shared, residual, variants } = context;
  const rows = context.microBatch * config.contextLength;
  plan.add(layerNormForward({ rows, width: config.dModel }, FINAL_NORM_EPS), {
    x: residual[config.nLayer]!,
    gain: slice(context, parameters, 'finalNorm.gain'),
    bias: slice(context, parameters, 'finalNorm.bias'),
    y: shared.normedFinal,
    statistics: shared.statisticsFinal,
  });
  plan.add(matmul({ M: rows, N: config.vocabSize, K: config.dModel }, { kind: 'store' }, variants.matmul), {
    a: shared.normedFinal,
    b: slice(context, parameters, 'output.weight'),
    out: shared.logits,
  });
}

/** The whole forward pass, without dropout, to logits and losses [R]. */
export function addEvaluation(plan: PlanBuilder, context: PlanContext): void {
  const { config, shared } = context;
  addEmbedding(plan, context);
  for (let layer = 0; layer < config.nLayer; layer++)
    addBlock(plan, context, layer, { dropout: 0, output: true });
  addLogits(plan, context);
  const rows = context.microBatch * config.contextLength;
  plan.add(crossEntropyForward({ rows, vocabSize: config.vocabSize }), {
    tokens: shared.tokens,
    logits: shared.logits,
    losses: shared.losses,
  });
}
