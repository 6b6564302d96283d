// The residual addition with dropout of the sub-block's output (paper section 5.4, 6): y = h + drop(x).
// Whether an element is kept is a pure function of counters, so that the backward pass draws it again.

import { uniform } from '../lib/random.ts';

/** Names one draw of the elements of one sub-block's output; both engines use the same counters. */
export interface DropoutDraw {
  /** Share of elements dropped, in [0, 1). */
  readonly rate: number;
  readonly seed: number;
  /** step * 256 + index of the micro-batch within the step. */
  readonly batch: number;
  /** layer * 2 + site, where site 0 is the attention and 1 the feed-forward sub-block. */
  readonly site: number;
  /** Index in the micro-batch's [B * T, dModel] of the array's first element. */
  readonly firstElement: number;
}

/** What element `index` is multiplied with: 0 or 1 / (1 - rate). */
function keepFactor({ rate, seed, batch, site, firstElement }: DropoutDraw, index: number): number {
  return uniform(seed, batch, site, firstElement + index) >= rate ? 1 / (1 - rate) : 0;
}

/** residual and x of one shape -> residual + drop(x); nothing is dropped without a draw. */
export function residualForward(residual: Float64Array, x: Float64Array, draw?: DropoutDraw): Float64Array {
  return residual.map((value, i) => value + x[i]! * (draw ? keepFactor(draw, i) : 1));
}

/** The gradient of x; that of the residual is dY itself. */
export function residualBackward(dY: Float64Array, draw?: DropoutDraw): Float64Array {
  return draw ? dY.map((value, i) => value * keepFactor(draw, i)) : dY;
}
