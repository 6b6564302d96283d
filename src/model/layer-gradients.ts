// Gradients of the layers that blocks are made of: projections, norms and dropout. Those of parameters are added to the
// gradient arena, which the update clears. Shapes: r rows of a range; d = dModel.

import type { BufferSlice, PlanBuilder } from '../gpu/plan.ts';
import {
  columnSums,
  copyAs,
  dropoutBackward,
  layerNormBackward,
  layerNormParameters,
  product,
  reduce,
  splitParts,
} from '../kernels/index.ts';
import type { TokenRange } from './ranges.ts';
import { type PlanContext, rowsOf, slice, storedScratch, weightOf } from './views.ts';

/** y = x W + b over a range: gradients of W [dIn, dOut] and b [dOut] from x [r, dIn] and dy [r, dOut]. */
export function addLinearGradients(
  plan: PlanBuilder,
  context: PlanContext,
  linear: string,
  { rows }: TokenRange,
  x: BufferSlice,
  dy: BufferSlice,
): void {
  const { gradients, shared, variants } = context;
  const [dIn, dOut] = context.layout.byName.get(`${linear}.weight`)!.shape as [number, number];
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
  const sums = columnSums(rows, dOut, variants.storage);
  plan.add(sums.kernel, { dy, partials: shared.partials });
  plan.add(reduce({ parts: sums.parts, size: dOut }), {
    partials: shared.partials,
    gradient: slice(context, gradients, `${linear}.bias`),
  });
}

/** y = x W over a range: dx [r, dIn] = dy [r, dOut] W^T. */
export function addInputGradient(
  plan: PlanBuilder,
  context: PlanContext,
  linear: string,
  { rows }: TokenRange,
  dy: BufferSlice,
  out: BufferSlice,
): void {
  const [dIn, dOut] = context.layout.byName.get(`${linear}.weight`)!.shape as [number, number];
  const shape = { M: rows, N: dIn, K: dOut, transposeB: true };
  plan.add(product(context.variants, shape, { kind: 'keep' }), {
    a: dy,
    b: weightOf(context, linear),
    out,
  });
}

/**
 * Gradients of a norm's gain and bias from dNormed, and of its input, which joins the gradient that flows past it in
 * dResidual; `last`, that of the final norm, is the first in there.
 */
export function addNormBackward(
  plan: PlanBuilder,
  context: PlanContext,
  norm: string,
  range: TokenRange,
  {
    last = false,
    ...tensors
  }: {
    readonly x: BufferSlice;
    readonly statistics: BufferSlice;
    readonly last?: boolean;
  },
): void {
  const { config, layout, parameters, gradients, shared, variants } = context;
  const { dModel } = config;
  const shape = { rows: range.rows, width: dModel };
  const dy = storedScratch(context, shared.dNormed, dModel, range);
  const sums = layerNormParameters(shape, variants.storage);
  plan.add(sums.kernel, { ...tensors, dy, partials: shared.partials });
  const gain = layout.byName.get(`${norm}.gain`)!;
  const bias = layout.byName.get(`${norm}.bias`)!;
  const stride = bias.offset - gain.offset;
  plan.add(reduce({ parts: sums.parts, blocks: 2, size: dModel, stride }), {
    partials: shared.partials,
    gradient: { buffer: gradients, offset: gain.offset, size: stride + bias.size },
  });
  plan.add(layerNormBackward(shape, !last, variants.storage), {
    ...tensors,
    dy,
    gain: slice(context, parameters, `${norm}.gain`),
    dx: rowsOf(shared.dResidual, dModel, range),
  });
}

/**
 * A range of the gradient of a branch from dResidual, that of its dropped-out sum, as products read it: dResidual itself
 * where nothing is dropped and float32 is stored.
 */
export function throughDropout(
  plan: PlanBuilder,
  context: PlanContext,
  layer: number,
  branch: 'attention' | 'feedForward',
  range: TokenRange,
): BufferSlice {
  const { config, shared, step, variants } = context;
  const { dModel, dropout: rate } = config;
  const dy = rowsOf(shared.dResidual, dModel, range);
  if (rate === 0 && variants.storage === 'full') return dy;
  const out = storedScratch(context, shared.dMasked, dModel, range);
  const size = range.rows * dModel;
  if (rate === 0) {
    plan.add(copyAs(size, variants.storage), { values: dy, out });
  } else {
    const site = { rate, layer, branch, firstElement: range.start * dModel };
    plan.add(dropoutBackward(size, site, variants.storage), { dy, out, step });
  }
  return out;
}
