// The loss scale of mixed precision, as a run begins with it or goes on with it; in float32 it is 1.

import type { Gpu } from '../gpu/device.ts';
import type { EngineShape, LossScale } from './engine.ts';
import type { PlanContext } from './views.ts';

/** High enough that small gradients survive in float16; the first steps halve it where it is too high. */
const FIRST: LossScale = { scale: 2 ** 16, steps: 0 };
const NONE: LossScale = { scale: 1, steps: 0 };

export function writeLossScale(
  { device }: Gpu,
  { shared }: Pick<PlanContext, 'shared'>,
  { precision }: EngineShape,
  lossScale: LossScale | undefined,
): void {
  const { scale, steps } = precision === 'mixed' ? (lossScale ?? FIRST) : NONE;
  device.queue.writeBuffer(shared.lossScale, 0, Float32Array.of(scale, steps));
}
