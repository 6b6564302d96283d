// Softmax cross-entropy of bytes and its gradient. Shaders in shaders/crossentropy.

import sharedRows from '../../shaders/crossentropy/forward-backward.wgsl?raw';
import inPlace from '../../shaders/crossentropy/gradient-in-place.wgsl?raw';
import scaled from '../../shaders/crossentropy/gradient-scaled.wgsl?raw';
import wholeRows from '../../shaders/crossentropy/rows.wgsl?raw';
import { type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import { floatLiteral } from './dropout.ts';
import type { ReductionVariant, RowForm } from './reduction.ts';
import { storageCode } from './storage.ts';

export interface CrossEntropyShape {
  readonly rows: number;
  /** At most 256, a multiple of 4. */
  readonly vocabSize: number;
}

/** Losses only. Bindings: tokens, logits [rows, vocabSize], losses [rows]. */
export function crossEntropyForward(shape: CrossEntropyShape, reduction: ReductionVariant): Kernel {
  return crossEntropy(shape, false, 1, { storage: 'full', reduction });
}

/**
 * Losses, and the gradient (softmax - onehot) * scale: in float32 in place of the logits, in float16 apart from them and
 * times the loss scale. Bindings: tokens, logits, losses; in float16 also lossScale and dLogits.
 */
export function crossEntropyBackward(shape: CrossEntropyShape, scale: number, form: RowForm): Kernel {
  return crossEntropy(shape, true, scale, form);
}

function crossEntropy(
  { rows, vocabSize }: CrossEntropyShape,
  gradient: boolean,
  scale: number,
  { storage, reduction }: RowForm,
): Kernel {
  const shader = reduction.wholeRows ? wholeRows : sharedRows;
  const files = storage === 'full' ? [shader, inPlace] : [storageCode.packed, shader, scaled];
  const constants = { ROWS: rows, VOCAB: vocabSize, GRADIENT: gradient, SCALE: floatLiteral(scale) };
  const workgroups = reduction.wholeRows ? Math.ceil(rows / 64) : rows;
  return kernel(`crossentropy ${rows}x${vocabSize}`, files, constants, linearGrid(workgroups));
}
