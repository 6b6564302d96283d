// Layer norm over rows, forward and backward. Shaders in shaders/layernorm.

import backward from '../../shaders/layernorm/backward.wgsl?raw';
import dropoutBranch from '../../shaders/layernorm/branch/dropout.wgsl?raw';
import noBranch from '../../shaders/layernorm/branch/none.wgsl?raw';
import forward from '../../shaders/layernorm/forward.wgsl?raw';
import { type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import { type DropoutSite, dropoutCode, floatLiteral, withDropout } from './dropout.ts';
import { rowsPerPart } from './matmul.ts';
import type { ReductionVariant, RowForm } from './reduction.ts';
import { storageCode } from './storage.ts';

export interface LayerNormShape {
  readonly rows: number;
  /** A multiple of 4. */
  readonly width: number;
}

/** Threads that share a row: a power of two that leaves each at least one vec4, up to a whole workgroup. */
function forwardLanes(width: number, { wholeRows }: ReductionVariant): number {
  return wholeRows ? 1 : Math.min(64, 2 ** Math.floor(Math.log2(Math.max(1, width / 4))));
}

/** Bindings: x, gain, bias, y, statistics [rows, 2]. */
export function layerNormForward(
  { rows, width }: LayerNormShape,
  eps: number,
  { storage, reduction }: RowForm,
): Kernel {
  const lanes = forwardLanes(width, reduction);
  const constants = { ROWS: rows, WIDTH: width, LANES: lanes, EPS: floatLiteral(eps) };
  const code = [storageCode[storage], forward];
  return kernel(
    `layernorm/forward ${rows}x${width}`,
    code,
    constants,
    linearGrid(Math.ceil((rows * lanes) / 64)),
  );
}

/** Threads that share a row of the backward pass: each takes two vec4s, or more of a row of more than 512. */
function backwardLanes(width: number): number {
  return Math.min(64, Math.max(8, 2 ** Math.floor(Math.log2(width / 8))));
}

/** Into how many parts the gradients of gain and bias over so many rows are summed. */
export function layerNormParts(rows: number): number {
  return Math.ceil(rows / rowsPerPart(rows));
}

/**
 * The gradients of a norm: of its input, which `adds` to dx, and partial sums of those of its gain and bias. `branch` is
 * the one whose sum the norm takes, where its gradient is wanted apart. Bindings: dy, x, statistics, gain, dx, partials
 * [layerNormParts, 2, width]; and branch, step.
 */
export function layerNormBackward(
  { rows, width }: LayerNormShape,
  adds: boolean,
  { storage, reduction }: RowForm,
  branch?: DropoutSite,
): Kernel {
  const constants = {
    ROWS: rows,
    WIDTH: width,
    LANES: backwardLanes(width),
    THREADS: reduction.threads,
    ROWS_PART: rowsPerPart(rows),
    ADD: adds,
    ...(branch ? { DROPOUT: floatLiteral(branch.rate) } : {}),
  };
  const files = branch ? [...dropoutCode, dropoutBranch] : [noBranch];
  const name = `layernorm/backward ${rows}x${width}`;
  const code = [storageCode[storage], ...files, backward];
  const made = kernel(name, code, constants, [layerNormParts(rows), 1, 1], rows * width * 200);
  return branch ? withDropout(made, branch) : made;
}
