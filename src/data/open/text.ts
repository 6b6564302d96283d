// Text files, one after another, each as it is.

import { TEXT } from '../medium.ts';
import type { Leaf } from './leaves.ts';
import { Room } from './room.ts';

const NEWLINE = 10;

export class TextCollector {
  readonly #room = new Room('Cut out a part, or open fewer files.');
  #last = NEWLINE;
  items = 0;

  async add(leaf: Leaf): Promise<void> {
    this.#room.reserve(leaf.sizeBytes);
    const bytes = await leaf.read();
    // The last line of a file and the first of the next stay two.
    if (this.#last !== NEWLINE) this.#room.append(Uint8Array.of(NEWLINE));
    this.#room.append(bytes);
    this.#last = bytes.at(-1)!;
    this.items += 1;
  }

  finish() {
    return { medium: TEXT, bytes: this.#room.whole() };
  }
}
