// A growing stretch of bytes with a limit.

import { Failure } from '../../lib/errors.ts';
import { mebibytes } from '../bytes.ts';
import { MAX_TEXT_BYTES } from '../text.ts';

/** Most bytes of a data set, of whichever medium. */
export const MAX_DATASET_BYTES = MAX_TEXT_BYTES;

export class Room {
  #bytes = new Uint8Array(2 ** 16);
  #used = 0;
  readonly #advice: string;
  readonly #maxBytes: number;

  /** `advice` says what a person can do when there is too much. */
  constructor(advice: string, maxBytes = MAX_DATASET_BYTES) {
    this.#advice = advice;
    this.#maxBytes = maxBytes;
  }

  /** Throws a `Failure` 'bad-input', a sentence, where there is no room for so many bytes more. */
  check(bytes: number): void {
    if (this.#used + bytes <= this.#maxBytes) return;
    const size = mebibytes(this.#used + bytes);
    const limit = mebibytes(this.#maxBytes);
    throw new Failure('bad-input', `There are ${size} or more; at most ${limit} fit. ${this.#advice}`);
  }

  append(bytes: Uint8Array): void {
    this.check(bytes.length);
    const size = this.#used + bytes.length;
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(this.#maxBytes, Math.max(2 * this.#bytes.length, size)));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#used);
    this.#used = size;
  }

  get used(): number {
    return this.#used;
  }

  /** All bytes, in an array of their own. */
  whole(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#used);
  }
}
