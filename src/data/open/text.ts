// Text files, one after another, each as it is.

import { Failure } from '../../lib/errors.ts';
import { TEXT } from '../medium.ts';
import type { Leaf } from './leaves.ts';
import { Room } from './room.ts';

const NEWLINE = 10;

export class TextCollector {
  readonly #room = new Room('Cut out a part, or open fewer files.');
  #last = NEWLINE;
  items = 0;

  async add(leaf: Leaf): Promise<void> {
    this.#room.check(leaf.sizeBytes);
    const bytes = await leaf.read();
    if (bytes.length === 0)
      throw new Failure('bad-file', 'this file is empty; choose one that holds some text');
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
