// The order in which training reads a file: each epoch cuts it into windows at another phase, so that every byte
// comes to stand at every place of the context, and shuffles them. The order is a pure function of seed and epoch,
// and a cursor of two numbers says how far a run has read.

import { hash4 } from '../lib/random.ts';

/** The next window to read. */
export interface Cursor {
  readonly epoch: number;
  readonly index: number;
}

const PHASE = 0x9a5e;
const SHUFFLE = 0x5aff;

/** A whole number in [0, bound), drawn from a hash. */
const below = (hash: number, bound: number) => Math.floor((hash / 2 ** 32) * bound);

/**
 * First bytes of an epoch's windows, in reading order: disjoint windows of `contextLength` bytes that begin with an
 * item of `itemBytes`. Where a picture is a window, the phase is always 0.
 */
export function epochWindows(
  seed: number,
  epoch: number,
  sizeBytes: number,
  contextLength: number,
  itemBytes = 1,
): Uint32Array<ArrayBuffer> {
  const phases = Math.floor(Math.min(contextLength - 1, sizeBytes - contextLength) / itemBytes) + 1;
  const phase = itemBytes * below(hash4(seed, PHASE, epoch, 0), phases);
  const starts = Uint32Array.from(
    { length: Math.floor((sizeBytes - phase) / contextLength) },
    (_, window) => phase + window * contextLength,
  );
  for (let last = starts.length - 1; last > 0; last--) {
    const other = below(hash4(seed, SHUFFLE, epoch, last), last + 1);
    [starts[last], starts[other]] = [starts[other]!, starts[last]!];
  }
  return starts;
}

/** Reads windows of `bytes` in order, keeping the current epoch's order at hand. */
export class WindowReader {
  readonly #bytes: Uint8Array;
  readonly #contextLength: number;
  readonly #seed: number;
  readonly #itemBytes: number;
  #epoch = -1;
  #starts = new Uint32Array(0);

  /** `bytes` holds at least `contextLength` bytes; windows begin with an item of `itemBytes`, which divides it. */
  constructor(bytes: Uint8Array, contextLength: number, seed: number, itemBytes = 1) {
    if (contextLength % itemBytes !== 0) throw new RangeError('windows would cut items');
    if (bytes.length < contextLength) throw new RangeError('the bytes are shorter than one window');
    this.#bytes = bytes;
    this.#contextLength = contextLength;
    this.#seed = seed;
    this.#itemBytes = itemBytes;
  }

  /** The next `count` windows, [count, contextLength], and the cursor behind them. */
  read(cursor: Cursor, count: number): { tokens: Uint8Array; next: Cursor } {
    const tokens = new Uint8Array(count * this.#contextLength);
    let { epoch, index } = cursor;
    for (let window = 0; window < count; window++) {
      if (index >= this.#order(epoch).length) {
        epoch += 1;
        index = 0;
      }
      const start = this.#order(epoch)[index]!;
      tokens.set(this.#bytes.subarray(start, start + this.#contextLength), window * this.#contextLength);
      index += 1;
    }
    return { tokens, next: { epoch, index } };
  }

  #order(epoch: number): Uint32Array<ArrayBuffer> {
    if (epoch !== this.#epoch) {
      this.#starts = epochWindows(
        this.#seed,
        epoch,
        this.#bytes.length,
        this.#contextLength,
        this.#itemBytes,
      );
      this.#epoch = epoch;
    }
    return this.#starts;
  }
}
