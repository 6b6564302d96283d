// The backward pass and the update, laid out as dispatches. Gradients of parameters are added to the gradient
// arena, which the update clears; gradients of tensors live in one shared set. Shapes: R = B * T rows, d = dModel.

import type { BufferSlice, PlanBuilder } from '../gpu/plan.ts';
import {
  adam,
  addSegmentBackward,
  attentionDelta,
  columnSums,
  crossEntropyBackward,
  dropoutBackward,
  fillZero,
  layerNormBackward,
  layerNormParameters,
  lossSum,
  metrics,
  positionBackwardTable,
  product,
  reduce,
  splitParts,
  squareSums,
  startBackward,
  tokenBackwardPartials,
} from '../kernels/index.ts';
import { headGroups } from './config.ts';
import { embeddingShape } from './embedding.ts';
import { addBlock, addEmbedding, addLogits, attentionShape, type PlanContext, slice } from './forward.ts';

/** Forward and backward of one micro-batch, adding to the gradients of a mean over `bytes` bytes. */
export function addTraining(
  plan: PlanBuilder,
  context: PlanContext,
  { recompute, bytes }: { readonly recompute: boolean; readonly bytes: number },
): void {
  const { config, shared } = context;
  const { nLayer, dropout, vocabSize, contextLength } = config;
  const rows = context.microBatch * contextLength;
  addEmbedding(plan, context);
  for (let layer = 0; layer < nLayer; layer++) addBlock(plan, context, layer, { dropout, output: true });
  addLogits(plan, context);
  plan.add(crossEntropyBackward({ rows, vocabSize }, 1 / bytes), {
    tokens: shared.tokens,
    logits: shared.logits,
    losses: shared.losses,
  });
  plan.add(lossSum(rows), { losses: shared.losses, lossSum: shared.lossSum });
  addLogitsBackward(plan, context);
  for (let layer = nLayer - 1; layer >= 0; layer--) {
    if (recompute && layer < nLayer - 1) addBlock(plan, context, layer, { dropout, output: false });
    addBlockBackward(plan, context, layer);
  }
  addEmbeddingBackward(plan, context);
}

/** Gradient norm, clipping and Adam over the whole arena. */
export function addUpdate(
  plan: PlanBuilder,
  context: PlanContext,
  moments: { readonly m: GPUBuffer; readonly v: GPUBuffer },
  bytes: number,
): void {
  const { layout, parameters, gradients, shared, step } = context;
  const squares = squareSums(layout.arenaSize);
  plan.add(squares.kernel, { gradients, partials: shared.squarePartials });
  plan.add(metrics(squares.groups, bytes), {
    partials: shared.squarePartials,
    lossSum: shared.lossSum,
    metrics: shared.metrics,
    step,
  });
  plan.add(adam(layout.arenaSize, layout.decayEnd), {
    parameters,
    gradients,
    ...moments,
    metrics: shared.metrics,
    step,
  });
}

/** y = x W + b over R rows: gradients of W [dIn, dOut] and b [dOut] from x [R, dIn] and dy [R, dOut]. */
function addLinearGradients(
  plan: PlanBuilder,
  context: PlanContext,
  linear: string,
  x: GPUBuffer,
  dy: GPUBuffer,
): void {
  const { config, gradients, shared, variants } = context;
  const [dIn, dOut] = context.layout.byName.get(`${linear}.weight`)!.shape as [number, number];
  const rows = context.microBatch * config.contextLength;
  const parts = splitParts(dIn, dOut, rows);
  plan.add(product(variants, { M: dIn, N: dOut, K: rows, transposeA: true, parts }, { kind: 'store' }), {
    a: x,
    b: dy,
    out: shared.partials,
  });
  plan.add(reduce({ parts, size: dIn * dOut }), {
    partials: shared.partials,
    gradient: slice(context, gradients, `${linear}.weight`),
  });
  if (!context.layout.byName.has(`${linear}.bias`)) return;
  const sums = columnSums(rows, dOut);
  plan.add(sums.kernel, { dy, partials: shared.partials });
  plan.add(reduce({ parts: sums.parts, size: dOut }), {
    partials: shared.partials,
    gradient: slice(context, gradients, `${linear}.bias`),
  });
}

/** Gradients of a norm's gain and bias, and dx = through + its gradient. */
function addNormBackward(
  plan: PlanBuilder,
  context: PlanContext,
  norm: string,
  tensors: {
    readonly dy: GPUBuffer;
    readonly x: GPUBuffer;
    readonly statistics: GPUBuffer;
    readonly through: GPUBuffer | null;
    readonly dx: GPUBuffer;
  },
): void {
  const { config, layout, parameters, gradients, shared } = context;
  const { dy, x, statistics, through, dx } = tensors;
  const shape = { rows: context.microBatch * config.contextLength, width: config.dModel };
  const sums = layerNormParameters(shape);
  plan.add(sums.kernel, { dy, x, statistics, partials: shared.partials });
  const gain = layout.byName.get(`${norm}.gain`)!;
  const bias = layout.byName.get(`${norm}.bias`)!;
  const stride = bias.offset - gain.offset;
  plan.add(reduce({ parts: sums.parts, blocks: 2, size: config.dModel, stride }), {
    partials: shared.partials,
    gradient: { buffer: gradients, offset: gain.offset, size: stride + bias.size },
  });
  plan.add(layerNormBackward(shape, through !== null), {
    dy,
    x,
    statistics,
    gain: slice(context, parameters, `${norm}.gain`),
    through: through ?? x,
    dx,
  });
}

/** dlogits [R, V] (in place of logits) -> dResidual [R, d]. */
function addLogitsBackward(plan: PlanBuilder, context: PlanContext): void {
  const { config, parameters, shared, residual, variants } = context;
  const rows = context.microBatch * config.contextLength;
  addLinearGradients(plan, context, 'output', shared.normedFinal, shared.logits);
  plan.add(
    product(
      variants,
      { M: rows, N: config.dModel, K: config.vocabSize, transposeB: true },
      { kind: 'store' },
    ),
    { a: shared.logits, b: slice(context, parameters, 'output.weight'), out: shared.dNormed },
  );
  addNormBackward(plan, context, 'finalNorm', {
    dy: shared.dNormed,
    x: residual[config.nLayer]!,
    statistics: shared.statisticsFinal,
    through: null,
    dx: shared.dResidual,
  });
}

/** dResidual [R, d] at the block's end -> dResidual at its beginning. */
function addBlockBackward(plan: PlanBuilder, context: PlanContext, layer: number): void {
  const { config, parameters, shared, residual, variants } = context;
  const { dModel, dFF, dQueryKey } = config;
  const rows = context.microBatch * config.contextLength;
  const name = `blocks.${layer}`;
  const tensors = context.blocks[layer]!;
  const weight = (linear: string): BufferSlice => slice(context, parameters, `${name}.${linear}.weight`);

  // Feed-forward: dy -> dHidden [R, dFF] -> dNormed [R, d] -> dMiddle [R, d]
  const dy2 = throughDropout(plan, context, layer, 'feedForward', shared.dResidual);
  addLinearGradients(plan, context, `${name}.ff.out`, tensors.activated, dy2);
  plan.add(product(variants, { M: rows, N: dFF, K: dModel, transposeB: true }, { kind: 'geluBackward' }), {
    a: dy2,
    b: weight('ff.out'),
    preActivation: tensors.preActivation,
    out: shared.dHidden,
  });
  addLinearGradients(plan, context, `${name}.ff.in`, tensors.normed2, shared.dHidden);
  plan.add(product(variants, { M: rows, N: dModel, K: dFF, transposeB: true }, { kind: 'store' }), {
    a: shared.dHidden,
    b: weight('ff.in'),
    out: shared.dNormed,
  });
  addNormBackward(plan, context, `${name}.norm2`, {
    dy: shared.dNormed,
    x: tensors.middle,
    statistics: tensors.statistics2,
    through: shared.dResidual,
    dx: shared.dMiddle,
  });

  // Attention: dy -> dAttended [R, d] -> dQkv [R, 2 dQueryKey + d] -> dNormed [R, d] -> dResidual [R, d]
  const dy1 = throughDropout(plan, context, layer, 'attention', shared.dMiddle);
  addLinearGradients(plan, context, `${name}.attention.output`, tensors.attended, dy1);
  plan.add(product(variants, { M: rows, N: dModel, K: dModel, transposeB: true }, { kind: 'store' }), {
    a: dy1,
    b: weight('attention.output'),
    out: shared.dAttended,
  });
  addAttentionBackward(plan, context, layer);
  addLinearGradients(plan, context, `${name}.attention.qkv`, tensors.normed1, shared.dQkv);
  const qkvWidth = 2 * dQueryKey + dModel;
  plan.add(product(variants, { M: rows, N: dModel, K: qkvWidth, transposeB: true }, { kind: 'store' }), {
    a: shared.dQkv,
    b: weight('attention.qkv'),
    out: shared.dNormed,
  });
  addNormBackward(plan, context, `${name}.norm1`, {
    dy: shared.dNormed,
    x: residual[layer]!,
    statistics: tensors.statistics1,
    through: shared.dMiddle,
    dx: shared.dResidual,
  });
}

/** The gradient of a branch from that of its dropped-out sum; the same buffer where nothing is dropped. */
function throughDropout(
  plan: PlanBuilder,
  context: PlanContext,
  layer: number,
  branch: 'attention' | 'feedForward',
  dy: GPUBuffer,
): GPUBuffer {
  const { config, shared, step } = context;
  if (config.dropout === 0) return dy;
  const size = context.microBatch * config.contextLength * config.dModel;
  plan.add(dropoutBackward(size, { rate: config.dropout, layer, branch }), { dy, out: shared.dMasked, step });
  return shared.dMasked;
}

/** dAttended [R, d] -> dQkv [R, 2 dQueryKey + d], segment after segment. */
function addAttentionBackward(plan: PlanBuilder, context: PlanContext, layer: number): void {
  const { config, shared } = context;
  const { qkv, attended, lse } = context.blocks[layer]!;
  const shape = attentionShape(context);
  const { dAttended: dO, dQkv, delta, partials } = shared;
  plan.add(attentionDelta(shape), { o: attended, dO, delta });
  plan.add(fillZero(shape.B * shape.T * (2 * config.dQueryKey + config.dModel)), { out: dQkv });
  for (const { firstHead, nHead, segments } of headGroups(config, layer)) {
    for (const segment of segments) {
      const heads = { segment, firstHead, nHead };
      addSegmentBackward(plan, shape, heads, context.variants, {
        qkv,
        dO,
        lse,
        delta,
        dQkv,
        partials,
      });
    }
  }
}

/** dResidual [R, d] -> gradients of token, position and start embeddings. */
function addEmbeddingBackward(plan: PlanBuilder, context: PlanContext): void {
  const { config, gradients, shared } = context;
  const shape = embeddingShape(config, context.microBatch);
  const dx = shared.dResidual;
  const token = tokenBackwardPartials(shape);
  plan.add(token.kernel, { tokens: shared.tokens, dx, partials: shared.partials });
  plan.add(reduce({ parts: token.parts, size: config.vocabSize * config.dModel }), {
    partials: shared.partials,
    gradient: slice(context, gradients, 'embed.token'),
  });
  for (const [index, table] of shape.tables.entries()) {
    plan.add(positionBackwardTable(shape, table), {
      dx,
      gradient: slice(context, gradients, `embed.position.${index}`),
    });
  }
  plan.add(startBackward(shape), { dx, gradient: slice(context, gradients, 'embed.start') });
}
