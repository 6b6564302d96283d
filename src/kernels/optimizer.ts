// The end of a step, all on the GPU: loss, global gradient norm, clipping, Adam. Shaders in shaders/optimizer.

import step from '../../shaders/common/step.wgsl?raw';
import adamShader from '../../shaders/optimizer/adam.wgsl?raw';
import lossSumShader from '../../shaders/optimizer/loss-sum.wgsl?raw';
import metricsShader from '../../shaders/optimizer/metrics.wgsl?raw';
import squareSumsShader from '../../shaders/optimizer/square-sums.wgsl?raw';
import { type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import { floatLiteral } from './dropout.ts';
import type { ReductionVariant } from './reduction.ts';

/** lossSum += sum of losses [rows]. Bindings: losses, lossSum. */
export function lossSum(rows: number, { threads }: ReductionVariant): Kernel {
  const constants = { ROWS: rows, THREADS: threads };
  return kernel(`optimizer/loss-sum ${rows}`, [lossSumShader], constants, [1, 1, 1]);
}

/** Workgroups of `squareSums`: at least 2,048 vec4s each, beside which the sum over its threads costs little. */
export function squareSumGroups(size: number): number {
  return Math.max(1, Math.min(512, Math.ceil(size / 4 / 2048)));
}

/** Partial sums of squares of the gradient arena. Bindings: gradients, partials [groups, 2]. */
export function squareSums(size: number, { threads }: ReductionVariant): Kernel {
  const groups = squareSumGroups(size);
  const constants = { SIZE: size, GROUPS: groups, THREADS: threads };
  return kernel(`optimizer/square-sums ${size}`, [squareSumsShader], constants, [groups, 1, 1]);
}

/** Steps without an overflow after which the loss scale doubles. */
const GROW_AFTER = 2000;

/**
 * What comes of the sums of squares over `size` elements, and of a step's `losses`.
 * Bindings: partials, lossSum, metrics [4]: mean loss, norm, state (1 update, 0 not finite, -1 overflowed), factor;
 * halt; lossScale [4]; step. `dynamic`: an overflow halves the loss scale instead of ending the run.
 */
export function metrics(
  size: number,
  losses: number,
  dynamic: boolean,
  { threads }: ReductionVariant,
): Kernel {
  const constants = {
    GROUPS: squareSumGroups(size),
    LOSSES: floatLiteral(losses),
    DYNAMIC: dynamic,
    GROW_AFTER: floatLiteral(GROW_AFTER),
    THREADS: threads,
  };
  return kernel('optimizer/metrics', [step, metricsShader], constants, [1, 1, 1]);
}

/** Bindings: parameters, gradients, m, v, metrics, step. */
export function adam(size: number, decayEnd: number): Kernel {
  const constants = { SIZE: size, DECAY_END: decayEnd };
  return kernel(
    `optimizer/adam ${size}`,
    [step, adamShader],
    constants,
    linearGrid(Math.ceil(size / 4 / 256)),
  );
}
