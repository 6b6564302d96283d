// What may come out of archives, which can be made to unpack without end.

import { Failure } from '../../lib/errors.ts';
import { mebibytes } from '../bytes.ts';

/** What may come out of archives at most, all in all. */
export const MAX_UNPACKED_BYTES = 512 * 2 ** 20;
export const MAX_ENTRIES = 200_000;

/** A file, packed or not, that is read when it is needed. */
export interface Packed {
  readonly name: string;
  /** Unpacked, as the archive says: never more comes out. */
  readonly sizeBytes: number;
  /** Its bytes, or the first `count`. Throws a `Failure` 'bad-file' where it is damaged. */
  read(count?: number): Promise<Uint8Array>;
}

/** The files that an archive lists. */
export interface Listing {
  readonly files: readonly Packed[];
  /** Why there may be more than those, as a clause. */
  readonly problem?: string;
}

/** What archives may still give. */
export class Allowance {
  readonly #maxBytes: number;
  readonly #maxEntries: number;
  #bytes = 0;
  #entries = 0;

  constructor(maxBytes = MAX_UNPACKED_BYTES, maxEntries = MAX_ENTRIES) {
    this.#maxBytes = maxBytes;
    this.#maxEntries = maxEntries;
  }

  /** Bytes that may still come. */
  get bytes(): number {
    return this.#maxBytes - this.#bytes;
  }

  /** Files that may still come. */
  get entries(): number {
    return this.#maxEntries - this.#entries;
  }

  /** Takes what an archive needs, before any of it is unpacked. Throws a `Failure` 'bad-file' when that is too much. */
  take(bytes: number, entries: number): void {
    if (bytes > this.bytes) throw this.tooMuch(bytes);
    if (entries > this.entries) {
      throw this.#refusal(
        `it holds ${entries.toLocaleString('en')} files or more; at most ${this.#most.files} are read`,
      );
    }
    this.#bytes += bytes;
    this.#entries += entries;
  }

  /** The failure of an archive that holds so many bytes, or, where that is not known, more than are left. */
  tooMuch(bytes?: number): Failure {
    const { size } = this.#most;
    return this.#refusal(
      bytes === undefined
        ? `it holds more than ${size}`
        : `it holds ${mebibytes(bytes)} or more; at most ${size} fit`,
      bytes !== undefined && bytes > this.#maxBytes,
    );
  }

  /** `alone` is said of what is too much by itself; all else in the same words, so that it can be told together. */
  #refusal(alone: string, isAlone = false): Failure {
    const { size, files } = this.#most;
    const reason =
      !isAlone && (this.#bytes > 0 || this.#entries > 0)
        ? `together with what was unpacked before it, there are more than ${size} or ${files} files`
        : alone;
    return new Failure('bad-file', `${reason}, so unpack it, and open a part`);
  }

  get #most() {
    return { size: mebibytes(this.#maxBytes), files: this.#maxEntries.toLocaleString('en') };
  }
}
