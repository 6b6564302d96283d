// Softmax cross-entropy of bytes and its gradient. Shaders in shaders/crossentropy.

import shader from '../../shaders/crossentropy/forward-backward.wgsl?raw';
import inPlace from '../../shaders/crossentropy/gradient-in-place.wgsl?raw';
import scaled from '../../shaders/crossentropy/gradient-scaled.wgsl?raw';
import { type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import { floatLiteral } from './dropout.ts';
import { type Storage, storageCode } from './storage.ts';

export interface CrossEntropyShape {
  readonly rows: number;
  /** At most 256, a multiple of 4. */
  readonly vocabSize: number;
}

/** Losses only. Bindings: tokens, logits [rows, vocabSize], losses [rows]. */
export function crossEntropyForward(shape: CrossEntropyShape): Kernel {
  return crossEntropy(shape, false, 1, 'full');
}

/**
 * Losses, and the gradient (softmax - onehot) * scale: in float32 in place of the logits, in float16 apart from them and
 * times the loss scale. Bindings: tokens, logits, losses; in float16 also lossScale and dLogits.
 */
export function crossEntropyBackward(
  shape: CrossEntropyShape,
  scale: number,
  storage: Storage = 'full',
): Kernel {
  return crossEntropy(shape, true, scale, storage);
}

function crossEntropy(
  { rows, vocabSize }: CrossEntropyShape,
  gradient: boolean,
  scale: number,
  storage: Storage,
): Kernel {
  const files = storage === 'full' ? [shader, inPlace] : [storageCode.packed, shader, scaled];
  const constants = { ROWS: rows, VOCAB: vocabSize, GRADIENT: gradient, SCALE: floatLiteral(scale) };
  return kernel(`crossentropy ${rows}x${vocabSize}`, files, constants, linearGrid(rows));
}
