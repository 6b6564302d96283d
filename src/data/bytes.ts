// Small things that every reader of a binary format needs. The errors of those readers are clauses, 'the WAV file holds no
// samples', so that they can stand behind a file's name.

/** Deflate, which gzip, zip and PNG pack with, makes one byte of no more than so many. */
export const DEFLATE_RATIO = 1032;

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as the characters of a four-letter code or a signature. */
export function asciiAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/** A size in a sentence. */
export function mebibytes(bytes: number): string {
  const digits = bytes < 2 ** 24 ? 1 : 0;
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${(bytes / 2 ** 20).toLocaleString('en', format)} MiB`;
}

/** Pieces one after another. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Bytes that come piece by piece, in one array: where their number is known before, they are held only once. */
export class Gathered {
  #bytes = new Uint8Array(2 ** 12);
  #used = 0;

  get length(): number {
    return this.#used;
  }

  /** Makes room for so many bytes more, and, where a little is asked for again and again, for a good many. */
  reserve(bytes: number): void {
    const size = this.#used + bytes;
    if (size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(size, Math.min(2 * this.#bytes.length, 2 ** 26 + size)));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** All bytes, in an array of their own. */
  whole(): Uint8Array<ArrayBuffer> {
    return this.#used === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#used);
  }
}
