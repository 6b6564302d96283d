// How activations and their gradients stand in memory: float32, or float16 packed by fours. Every kernel that touches
// them begins with one of these files, which declare the type `Stored` and the ways to and from vec4f.

import full from '../../shaders/common/full.wgsl?raw';
import packed from '../../shaders/common/packed.wgsl?raw';

export type Storage = 'full' | 'packed';

export const storageCode: Readonly<Record<Storage, string>> = { full, packed };

/** What a precision stores activations as. */
export function storageOf(precision: 'float32' | 'mixed' = 'float32'): Storage {
  return precision === 'mixed' ? 'packed' : 'full';
}

/** Bytes of one element. */
export const storageBytes = { full: 4, packed: 2 } as const satisfies Readonly<Record<Storage, number>>;
