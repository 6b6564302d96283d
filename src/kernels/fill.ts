// Clears a buffer inside a plan.

import shader from '../../shaders/common/fill.wgsl?raw';
import { type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';

/** Bindings: out [size]; size is a multiple of 4. */
export function fillZero(size: number): Kernel {
  return kernel(`fill ${size}`, [shader], { SIZE: size }, linearGrid(Math.ceil(size / 4 / 256)));
}
