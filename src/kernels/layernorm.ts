// Layer norm over rows, forward and backward. Shaders in shaders/layernorm.

import backward from '../../shaders/layernorm/backward.wgsl?raw';
import forward from '../../shaders/layernorm/forward.wgsl?raw';
import parametersShader from '../../shaders/layernorm/parameters.wgsl?raw';
import { type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import { floatLiteral } from './dropout.ts';
import { rowsPerPart } from './matmul.ts';
import { type Storage, storageCode } from './storage.ts';

export interface LayerNormShape {
  readonly rows: number;
  /** A multiple of 4. */
  readonly width: number;
}

/** Threads that share a row: a power of two that leaves each at least one vec4, up to a whole workgroup. */
function lanes(width: number): number {
  return Math.min(64, 2 ** Math.floor(Math.log2(Math.max(1, width / 4))));
}

function grid({ rows, width }: LayerNormShape) {
  return linearGrid(Math.ceil(rows / (64 / lanes(width))));
}

/** Bindings: x, gain, bias, y, statistics [rows, 2]. */
export function layerNormForward(shape: LayerNormShape, eps: number, storage: Storage = 'full'): Kernel {
  const { rows, width } = shape;
  const constants = { ROWS: rows, WIDTH: width, LANES: lanes(width), EPS: floatLiteral(eps) };
  return kernel(
    `layernorm/forward ${rows}x${width}`,
    [storageCode[storage], forward],
    constants,
    grid(shape),
  );
}

/** The norm's gradient, which `add` adds to dx. Bindings: dy, x, statistics, gain, dx. */
export function layerNormBackward(shape: LayerNormShape, add: boolean, storage: Storage = 'full'): Kernel {
  const { rows, width } = shape;
  const constants = { ROWS: rows, WIDTH: width, LANES: lanes(width), ADD: add };
  return kernel(
    `layernorm/backward ${rows}x${width}`,
    [storageCode[storage], backward],
    constants,
    grid(shape),
  );
}

/** Partial sums for gain and bias. Bindings: dy, x, statistics, partials [parts, 2, width]. */
export function layerNormParameters(
  { rows, width }: LayerNormShape,
  storage: Storage = 'full',
): { kernel: Kernel; parts: number } {
  const rowsPart = rowsPerPart(rows);
  const parts = Math.ceil(rows / rowsPart);
  const constants = { ROWS: rows, WIDTH: width, ROWS_PART: rowsPart };
  const name = `layernorm/parameters ${rows}x${width}`;
  return {
    kernel: kernel(
      name,
      [storageCode[storage], parametersShader],
      constants,
      [Math.ceil(width / 4 / 64), parts, 1],
      rows * width * 100,
    ),
    parts,
  };
}
