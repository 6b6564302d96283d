// Dropout before a residual addition, drawn again instead of stored, by the kernels that it stands between. Shader in
// shaders/dropout.

import random from '../../shaders/common/random.wgsl?raw';
import step from '../../shaders/common/step.wgsl?raw';
import dropout from '../../shaders/dropout/dropout.wgsl?raw';
import type { Kernel } from '../gpu/kernel.ts';

/** The shader files of a dropout, which needs a binding `step`, and `withDropout`. */
export const dropoutCode: readonly string[] = [random, step, dropout];

/** Where a dropout stands, which is what it draws from beside the seed and the step. */
export interface DropoutSite {
  /** Share of elements dropped. */
  readonly rate: number;
  readonly layer: number;
  readonly branch: 'attention' | 'feedForward';
  /** Where the first element stands in the whole tensor [R, d], of which a range may be computed alone; 0 by default. */
  readonly firstElement?: number;
}

/** A WGSL literal of a float32. */
export function floatLiteral(value: number): string {
  const text = String(Math.fround(value));
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** The kernel at one site; those of all sites share a pipeline. */
export function withDropout(kernel: Kernel, { layer, branch, firstElement = 0 }: DropoutSite): Kernel {
  const site = layer * 2 + (branch === 'attention' ? 0 : 1);
  return { ...kernel, uniforms: { ...kernel.uniforms, dropoutSite: [site, firstElement] } };
}
