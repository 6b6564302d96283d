// What may come out of archives, which can be made to unpack without end.

import { Failure } from '../../lib/errors.ts';
import { mebibytes } from '../bytes.ts';

/** What may come out of archives at most, all in all. */
export const MAX_UNPACKED_BYTES = 512 * 2 ** 20;
export const MAX_ENTRIES = 200_000;

export interface Entry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What archives may still give. */
export class Allowance {
  #bytes: number;
  #entries: number;
  readonly #maxBytes: number;

  constructor(maxBytes = MAX_UNPACKED_BYTES, maxEntries = MAX_ENTRIES) {
    this.#bytes = maxBytes;
    this.#maxBytes = maxBytes;
    this.#entries = maxEntries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes what an entry needs. Throws a `Failure` 'bad-file' when that is too much. */
  take(bytes: number, entries = 0): void {
    this.#bytes -= bytes;
    this.#entries -= entries;
    if (this.#bytes < 0) {
      throw new Failure(
        'bad-file',
        `what is packed in it takes more than ${mebibytes(this.#maxBytes)}; unpack it, and open a part`,
      );
    }
    if (this.#entries < 0)
      throw new Failure('bad-file', 'too many files are packed in it; unpack it, and open a part');
  }
}
