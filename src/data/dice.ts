// Chance for the data that the page makes itself: the same for the same seed.

import { hash4 } from '../lib/random.ts';

/** Draws from a seeded stream, one counter a draw. */
export class Dice {
  readonly #seed: number;
  readonly #stream: number;
  #draws = 0;

  constructor(seed: number, stream: number) {
    this.#seed = seed;
    this.#stream = stream;
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return hash4(this.#seed, this.#draws++, this.#stream, 0) % count;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}
