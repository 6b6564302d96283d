// The update that ends a step, laid out as dispatches.

import type { PlanBuilder } from '../gpu/plan.ts';
import { adam, metrics, squareSums } from '../kernels/index.ts';
import type { PlanContext } from './views.ts';

/** Gradient norm, clipping and Adam over the whole arena. */
export function addUpdate(
  plan: PlanBuilder,
  context: PlanContext,
  moments: { readonly m: GPUBuffer; readonly v: GPUBuffer },
  bytes: number,
): void {
  const { layout, parameters, gradients, shared, step, variants } = context;
  const { reduction } = variants;
  plan.add(squareSums(layout.arenaSize, reduction), { gradients, partials: shared.squarePartials });
  plan.add(metrics(layout.arenaSize, bytes, variants.storage !== 'full', reduction), {
    partials: shared.squarePartials,
    lossSum: shared.lossSum,
    metrics: shared.metrics,
    halt: shared.halt,
    lossScale: shared.lossScale,
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
