// Gradients of the layers that blocks are made of: projections, and norms, whose kernels take dropout along. Those of
// parameters are added to the gradient arena, which the update clears. Shapes: r rows of a range; d = dModel.

import type { BufferSlice, PlanBuilder } from '../gpu/plan.ts';
import {
  columnSums,
  type DropoutSite,
  layerNormBackward,
  layerNormParts,
  product,
  reduce,
  splitParts,
} from '../kernels/index.ts';
import type { TokenRange } from './ranges.ts';
import { type PlanContext, rowsOf, slice, storedRows, storedScratch, weightOf } from './views.ts';

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
 * dResidual; `last`, that of the final norm, is the first in there. `before` is the branch whose sum the norm takes.
 */
export function addNormBackward(
  plan: PlanBuilder,
  context: PlanContext,
  norm: string,
  range: TokenRange,
  {
    last = false,
    before,
    ...tensors
  }: {
    readonly x: BufferSlice;
    readonly statistics: BufferSlice;
    readonly last?: boolean;
    readonly before?: Pick<DropoutSite, 'layer' | 'branch'> | undefined;
  },
): void {
  const { config, layout, parameters, gradients, shared, step, variants } = context;
  const { dModel, dropout: rate } = config;
  const shape = { rows: range.rows, width: dModel };
  const site =
    before && hasBranchGradient(context)
      ? { ...before, rate, firstElement: range.start * dModel }
      : undefined;
  plan.add(layerNormBackward(shape, !last, variants, site), {
    ...tensors,
    dy: storedScratch(context, shared.dNormed, dModel, range),
    gain: slice(context, parameters, `${norm}.gain`),
    dx: rowsOf(shared.dResidual, dModel, range),
    partials: shared.partials,
    ...(site ? { branch: storedRows(context, shared.dBranch, dModel, range), step } : {}),
  });
  const gain = layout.byName.get(`${norm}.gain`)!;
  const bias = layout.byName.get(`${norm}.bias`)!;
  const stride = bias.offset - gain.offset;
  plan.add(reduce({ parts: layerNormParts(range.rows), blocks: 2, size: dModel, stride }), {
    partials: shared.partials,
    gradient: { buffer: gradients, offset: gain.offset, size: stride + bias.size },
  });
}

/** Whether branches have a gradient apart from dResidual: where something is dropped, or float16 is stored. */
function hasBranchGradient({ config, variants }: PlanContext): boolean {
  return config.dropout > 0 || variants.storage === 'packed';
}

/** A range of the gradient of a branch, from that of its dropped-out sum, as products read it. */
export function branchGradient(context: PlanContext, range: TokenRange): BufferSlice {
  const { config, shared } = context;
  return hasBranchGradient(context)
    ? storedRows(context, shared.dBranch, config.dModel, range)
    : rowsOf(shared.dResidual, config.dModel, range);
}
