// The backward pass, laid out as dispatches. Gradients of parameters are added to the gradient arena, which the update
// clears; gradients of tensors live in one shared set. Shapes: R = B * T rows, of which a range has r; d = dModel.

import type { BufferSlice, PlanBuilder } from '../gpu/plan.ts';
import {
  addAttentionBackward,
  crossEntropyBackward,
  lossSum,
  positionBackwardTable,
  product,
  reduce,
  startBackward,
  tokenBackwardPartials,
} from '../kernels/index.ts';
import { headGroups } from './config.ts';
import { embeddingShape } from './embedding.ts';
import {
  addAttentionBranch,
  addBlock,
  addEmbedding,
  addFeedForwardInner,
  addFirstNorm,
  addLogits,
  addWeights,
} from './forward.ts';
import { addInputGradient, addLinearGradients, addNormBackward, branchGradient } from './layer-gradients.ts';
import type { TokenRange } from './ranges.ts';
import {
  attentionShape,
  lossTensors,
  type PlanContext,
  part,
  rangesOf,
  rowsOf,
  scratch,
  slice,
  storedRows,
  storedScratch,
  weightOf,
} from './views.ts';

/** Forward and backward of one micro-batch, adding to the gradients of a mean over `bytes` bytes. */
export function addTraining(
  plan: PlanBuilder,
  context: PlanContext,
  { recompute, bytes }: { readonly recompute: boolean; readonly bytes: number },
): void {
  const { config, shared, variants } = context;
  const { nLayer, dropout, contextLength } = config;
  addWeights(plan, context);
  addEmbedding(plan, context);
  for (let layer = 0; layer < nLayer; layer++) addBlock(plan, context, layer, dropout);
  for (const range of rangesOf(context)) {
    addLogits(plan, context, range);
    addLossGradient(plan, context, range, 1 / bytes);
    addLogitsBackward(plan, context, range);
  }
  const sum = lossSum(context.microBatch * contextLength, variants.reduction);
  plan.add(sum, { losses: shared.losses, lossSum: shared.lossSum });
  for (let layer = nLayer - 1; layer >= 0; layer--) {
    addBlockBackward(plan, context, layer, recompute && layer < nLayer - 1);
  }
  addEmbeddingBackward(plan, context);
}

/** Losses [r], and the gradient of the logits [r, V] times `scale`: in their place or, in float16, in dLogits. */
function addLossGradient(plan: PlanBuilder, context: PlanContext, range: TokenRange, scale: number): void {
  const { shared, variants } = context;
  const { vocabSize } = context.config;
  const apart = { lossScale: shared.lossScale, dLogits: logitGradient(context, range) };
  plan.add(crossEntropyBackward({ rows: range.rows, vocabSize }, scale, variants), {
    ...lossTensors(context, range),
    ...(variants.storage === 'full' ? {} : apart),
  });
}

function logitGradient(context: PlanContext, range: TokenRange): BufferSlice {
  const { shared, config, variants } = context;
  const buffer = variants.storage === 'full' ? shared.logits : shared.dLogits;
  return storedScratch(context, buffer, config.vocabSize, range);
}

/** dLogits [r, V] -> dResidual [r, d]. */
function addLogitsBackward(plan: PlanBuilder, context: PlanContext, range: TokenRange): void {
  const { config, shared, residual } = context;
  const { dModel, nLayer } = config;
  const dLogits = logitGradient(context, range);
  const normed = storedScratch(context, shared.normedFinal, dModel, range);
  addLinearGradients(plan, context, 'output', range, normed, dLogits);
  addInputGradient(
    plan,
    context,
    'output',
    range,
    dLogits,
    storedScratch(context, shared.dNormed, dModel, range),
  );
  addNormBackward(plan, context, 'finalNorm', range, {
    x: rowsOf(residual[nLayer]!, dModel, range),
    statistics: scratch(shared.statisticsFinal, 2, range),
    last: true,
    before: { layer: nLayer - 1, branch: 'feedForward' },
  });
}

/** dResidual [R, d] at the block's end -> dResidual at its beginning. `again`: its tensors are to be made again. */
function addBlockBackward(plan: PlanBuilder, context: PlanContext, layer: number, again: boolean): void {
  const { config, shared, residual } = context;
  const { dModel } = config;
  const { normed1, statistics1, attended } = context.blocks[layer]!;
  const name = `blocks.${layer}`;
  const ranges = rangesOf(context);
  // Of tensors that hold one range, only the last one is left.
  const lost = normed1.perRange && ranges.length > 1;
  if (again) addAttentionBranch(plan, context, layer, config.dropout);
  for (const range of ranges) {
    if (again || lost) addFeedForwardInner(plan, context, layer, range);
    addFeedForwardBackward(plan, context, layer, range);
  }

  // Attention: dy -> dAttended [R, d] -> dQkv [R, 2 dQueryKey + d] -> dNormed [r, d] -> dResidual [R, d]
  const dAttended = residual[layer + 1]!;
  for (const range of ranges) {
    const dy = branchGradient(context, range);
    addLinearGradients(plan, context, `${name}.attention.output`, range, part(attended, range), dy);
    const out = storedRows(context, dAttended, dModel, range);
    addInputGradient(plan, context, `${name}.attention.output`, range, dy, out);
  }
  addLayerAttentionBackward(plan, context, layer, dAttended);
  for (const range of ranges) {
    if (lost) addFirstNorm(plan, context, layer, range);
    const dQkv = storedRows(context, shared.dQkv, 2 * config.dQueryKey + dModel, range);
    addLinearGradients(plan, context, `${name}.attention.qkv`, range, part(normed1, range), dQkv);
    const dNormed = storedScratch(context, shared.dNormed, dModel, range);
    addInputGradient(plan, context, `${name}.attention.qkv`, range, dQkv, dNormed);
    addNormBackward(plan, context, `${name}.norm1`, range, {
      x: rowsOf(residual[layer]!, dModel, range),
      statistics: part(statistics1, range),
      before: layer > 0 ? { layer: layer - 1, branch: 'feedForward' } : undefined,
    });
  }
}

/** A range of the feed-forward: dy -> dHidden [r, dFF] -> dNormed [r, d] -> dResidual [r, d]. */
function addFeedForwardBackward(
  plan: PlanBuilder,
  context: PlanContext,
  layer: number,
  range: TokenRange,
): void {
  const { config, shared, variants } = context;
  const { dModel, dFF } = config;
  const { middle, normed2, statistics2, preActivation, activated } = context.blocks[layer]!;
  const name = `blocks.${layer}`;
  const dHidden = storedScratch(context, shared.dHidden, dFF, range);
  const dy = branchGradient(context, range);
  addLinearGradients(plan, context, `${name}.ff.out`, range, part(activated, range), dy);
  const shape = { M: range.rows, N: dFF, K: dModel, transposeB: true };
  plan.add(product(variants, shape, { kind: 'geluBackward' }), {
    a: dy,
    b: weightOf(context, `${name}.ff.out`),
    preActivation: part(preActivation, range),
    out: dHidden,
  });
  addLinearGradients(plan, context, `${name}.ff.in`, range, part(normed2, range), dHidden);
  addInputGradient(
    plan,
    context,
    `${name}.ff.in`,
    range,
    dHidden,
    storedScratch(context, shared.dNormed, dModel, range),
  );
  addNormBackward(plan, context, `${name}.norm2`, range, {
    x: part(middle, range),
    statistics: part(statistics2, range),
    before: { layer, branch: 'attention' },
  });
}

/** dO [R, d], the gradient of the attended values -> dQkv [R, 2 dQueryKey + d], segment after segment. */
function addLayerAttentionBackward(
  plan: PlanBuilder,
  context: PlanContext,
  layer: number,
  dO: GPUBuffer,
): void {
  const { qkv, attended, lse } = context.blocks[layer]!;
  const { dQkv, delta, partials } = context.shared;
  addAttentionBackward(plan, attentionShape(context), headGroups(context.config, layer), context.variants, {
    qkv: qkv.buffer,
    o: attended.buffer,
    dO,
    lse: lse.buffer,
    delta,
    dQkv,
    partials,
  });
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
