// The forward pass, laid out as dispatches. Shapes: R = B * T rows, of which a range has r; d = dModel.

import type { BufferSlice, PlanBuilder } from '../gpu/plan.ts';
import {
  attentionForward,
  copyAs,
  crossEntropyForward,
  type DropoutSite,
  embeddingForward,
  layerNormForward,
  product,
} from '../kernels/index.ts';
import { FINAL_NORM_EPS, headGroups, LAYER_NORM_EPS } from './config.ts';
import { embeddingOffsets, embeddingShape } from './embedding.ts';
import type { TokenRange } from './ranges.ts';
import {
  attentionShape,
  biasOf,
  lossTensors,
  type PlanContext,
  part,
  rangesOf,
  rowsOf,
  scratch,
  slice,
  storedScratch,
  weightOf,
} from './views.ts';

/** parameters -> weights, the working copy of the matrices, where there is one. */
export function addWeights(plan: PlanBuilder, { layout, parameters, weights, variants }: PlanContext): void {
  if (weights) plan.add(copyAs(layout.decayEnd, variants.storage), { values: parameters, out: weights });
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

/** One residual block, x + a + b (paper section 5.2): residual[layer] [R, d] -> residual[layer + 1]. */
export function addBlock(plan: PlanBuilder, context: PlanContext, layer: number, dropout: number): void {
  addAttentionBranch(plan, context, layer, dropout);
  const { dModel, dFF } = context.config;
  const { activated, middle } = context.blocks[layer]!;
  const name = `blocks.${layer}.ff.out`;
  for (const range of rangesOf(context)) {
    addFeedForwardInner(plan, context, layer, range);
    // [r, dFF] -> [r, d]
    addResidualProduct(plan, context, name, range, {
      a: part(activated, range),
      K: dFF,
      dropout: { rate: dropout, layer, branch: 'feedForward', firstElement: range.start * dModel },
      residual: part(middle, range),
      out: rowsOf(context.residual[layer + 1]!, dModel, range),
    });
  }
}

/** The attention half of a block: residual[layer] [R, d] -> middle [R, d]. */
export function addAttentionBranch(
  plan: PlanBuilder,
  context: PlanContext,
  layer: number,
  dropout: number,
): void {
  const { dModel } = context.config;
  const { attended, middle } = context.blocks[layer]!;
  const name = `blocks.${layer}.attention`;
  addAttended(plan, context, layer);
  for (const range of rangesOf(context)) {
    addResidualProduct(plan, context, `${name}.output`, range, {
      a: part(attended, range),
      K: dModel,
      dropout: { rate: dropout, layer, branch: 'attention', firstElement: range.start * dModel },
      residual: rowsOf(context.residual[layer]!, dModel, range),
      out: part(middle, range),
    });
  }
}

/** residual[layer] [R, d] -> qkv [R, 2 dQueryKey + d], attended [R, d] and lse. */
export function addAttended(plan: PlanBuilder, context: PlanContext, layer: number): void {
  const { config, variants } = context;
  const { dModel, dQueryKey } = config;
  const { normed1, qkv } = context.blocks[layer]!;
  const name = `blocks.${layer}.attention.qkv`;
  for (const range of rangesOf(context)) {
    addFirstNorm(plan, context, layer, range);
    // [r, d] -> [r, 2 dQueryKey + d]: queries, keys and values of all heads side by side.
    plan.add(product(variants, { M: range.rows, N: 2 * dQueryKey + dModel, K: dModel }, { kind: 'bias' }), {
      a: part(normed1, range),
      b: weightOf(context, name),
      bias: biasOf(context, name),
      out: part(qkv, range),
    });
  }
  addAttention(plan, context, layer);
}

/** A range of residual[layer] [r, d] -> normed1. */
export function addFirstNorm(
  plan: PlanBuilder,
  context: PlanContext,
  layer: number,
  range: TokenRange,
): void {
  const { normed1, statistics1 } = context.blocks[layer]!;
  addNorm(plan, context, `blocks.${layer}.norm1`, range, {
    x: rowsOf(context.residual[layer]!, context.config.dModel, range),
    y: part(normed1, range),
    statistics: part(statistics1, range),
  });
}

/** A range of middle [r, d] -> preActivation and activated [r, dFF]. */
export function addFeedForwardInner(
  plan: PlanBuilder,
  context: PlanContext,
  layer: number,
  range: TokenRange,
): void {
  const { config, variants } = context;
  const { middle, normed2, statistics2, preActivation, activated } = context.blocks[layer]!;
  const name = `blocks.${layer}`;
  addNorm(plan, context, `${name}.norm2`, range, {
    x: part(middle, range),
    y: part(normed2, range),
    statistics: part(statistics2, range),
  });
  plan.add(product(variants, { M: range.rows, N: config.dFF, K: config.dModel }, { kind: 'gelu' }), {
    a: part(normed2, range),
    b: weightOf(context, `${name}.ff.in`),
    bias: biasOf(context, `${name}.ff.in`),
    preActivation: part(preActivation, range),
    out: part(activated, range),
  });
}

function addNorm(
  plan: PlanBuilder,
  context: PlanContext,
  norm: string,
  { rows }: TokenRange,
  tensors: { readonly x: BufferSlice; readonly y: BufferSlice; readonly statistics: BufferSlice },
  eps = LAYER_NORM_EPS,
): void {
  plan.add(layerNormForward({ rows, width: context.config.dModel }, eps, context.variants), {
    ...tensors,
    gain: slice(context, context.parameters, `${norm}.gain`),
    bias: slice(context, context.parameters, `${norm}.bias`),
  });
}

/** out [r, d] = residual + dropout(a [r, K] W + b): the end of a sub-block. */
function addResidualProduct(
  plan: PlanBuilder,
  context: PlanContext,
  linear: string,
  { rows }: TokenRange,
  {
    K,
    dropout,
    ...tensors
  }: {
    readonly K: number;
    readonly dropout: DropoutSite;
    readonly a: BufferSlice;
    readonly residual: BufferSlice;
    readonly out: BufferSlice;
  },
): void {
  const { config, step, variants } = context;
  plan.add(product(variants, { M: rows, N: config.dModel, K }, { kind: 'residual', dropout }), {
    ...tensors,
    b: weightOf(context, linear),
    bias: biasOf(context, linear),
    step,
  });
}

/** qkv [R, 2 dQueryKey + d] -> attended [R, d], segment after segment. */
function addAttention(plan: PlanBuilder, context: PlanContext, layer: number): void {
  const { qkv, attended, lse } = context.blocks[layer]!;
  const { attention, storage } = context.variants;
  const shape = attentionShape(context);
  for (const { firstHead, nHead, segments } of headGroups(context.config, layer)) {
    for (const [index, segment] of segments.entries()) {
      plan.add(attentionForward(shape, { segment, firstHead, nHead }, index > 0, attention, storage), {
        qkv: qkv.buffer,
        o: attended.buffer,
        lse: lse.buffer,
      });
    }
  }
}

/** A range of residual[nLayer] [r, d] -> logits [r, V]. */
export function addLogits(plan: PlanBuilder, context: PlanContext, range: TokenRange): void {
  const { config, shared, residual, variants } = context;
  const { nLayer, dModel, vocabSize } = config;
  const normed = storedScratch(context, shared.normedFinal, dModel, range);
  const tensors = {
    x: rowsOf(residual[nLayer]!, dModel, range),
    y: normed,
    statistics: scratch(shared.statisticsFinal, 2, range),
  };
  addNorm(plan, context, 'finalNorm', range, tensors, FINAL_NORM_EPS);
  plan.add(product(variants, { M: range.rows, N: vocabSize, K: dModel }, { kind: 'store' }), {
    a: normed,
    b: weightOf(context, 'output'),
    out: scratch(shared.logits, vocabSize, range),
  });
}

/** The forward pass, without dropout, up to the residual stream behind the last block. */
export function addForward(plan: PlanBuilder, context: PlanContext): void {
  addWeights(plan, context);
  addEmbedding(plan, context);
  for (let layer = 0; layer < context.config.nLayer; layer++) addBlock(plan, context, layer, 0);
}

/** What follows it for a range: logits [r, V] and losses [r]. */
export function addLosses(plan: PlanBuilder, context: PlanContext, range: TokenRange): void {
  const { vocabSize } = context.config;
  addLogits(plan, context, range);
  plan.add(
    crossEntropyForward({ rows: range.rows, vocabSize }, context.variants.reduction),
    lossTensors(context, range),
  );
}
