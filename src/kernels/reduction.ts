// How sums, and maxima, over many numbers are made: norms, losses, the gradient's norm.

import type { Storage } from './storage.ts';

export interface ReductionVariant {
  /** Threads of a workgroup that adds up what each of them has summed: 64 or 256. */
  readonly threads: number;
  /** Whether a thread takes a whole row, so that none waits for others: a CPU steps through every barrier thread by thread. */
  readonly wholeRows: boolean;
}

/** What the kernels of norms and losses depend on. */
export interface RowForm {
  readonly storage: Storage;
  readonly reduction: ReductionVariant;
}
