// A growing stretch of bytes with a limit.

import { Failure } from '../../lib/errors.ts';
import { Gathered, mebibytes } from '../bytes.ts';

/** Most bytes of a data set, of whichever medium. */
export const MAX_DATASET_BYTES = 256 * 2 ** 20;

export class Room {
  readonly #bytes = new Gathered();
  readonly #advice: string;
  readonly #maxBytes: number;

  /** `advice` says what a person can do when there is too much. */
  constructor(advice: string, maxBytes = MAX_DATASET_BYTES) {
    this.#advice = advice;
    this.#maxBytes = maxBytes;
  }

  /** Makes room for so many bytes more. Throws a `Failure` 'bad-input', which ends all opening, where there is none. */
  reserve(bytes: number): void {
    const size = this.#bytes.length + bytes;
    if (size > this.#maxBytes) {
      throw new Failure(
        'bad-input',
        `there are ${mebibytes(size)} or more; at most ${mebibytes(this.#maxBytes)} fit. ${this.#advice}`,
      );
    }
    this.#bytes.reserve(bytes);
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.#bytes.append(bytes);
  }

  /** All bytes, in an array of their own. */
  whole(): Uint8Array<ArrayBuffer> {
    return this.#bytes.whole();
  }
}
