// Softmax cross-entropy of bytes and its gradient in place. Shader in shaders/crossentropy.

import shader from '../../shaders/crossentropy/forward-backward.wgsl?raw';
import { type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import { floatLiteral } from './dropout.ts';

export interface CrossEntropyShape {
  readonly rows: number;
  /** At most 256, a multiple of 4. */
  readonly vocabSize: number;
}

/** Losses only. Bindings: tokens, logits [rows, vocabSize], losses [rows]. */
export function crossEntropyForward(shape: CrossEntropyShape): Kernel {
  return crossEntropy(shape, false, 1);
}

/** Losses, and logits turned into (softmax - onehot) * scale. Bindings: tokens, logits, losses. */
export function crossEntropyBackward(shape: CrossEntropyShape, scale: number): Kernel {
  return crossEntropy(shape, true, scale);
}

function crossEntropy({ rows, vocabSize }: CrossEntropyShape, gradient: boolean, scale: number): Kernel {
  const constants = { ROWS: rows, VOCAB: vocabSize, GRADIENT: gradient, SCALE: floatLiteral(scale) };
  return kernel(`crossentropy ${rows}x${vocabSize}`, [shader], constants, linearGrid(rows));
}
