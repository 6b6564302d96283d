// Text files, one after another, each as it is.

import { TEXT } from '../medium.ts';
import type { Leaf } from './leaves.ts';
import { Room } from './room.ts';
import { utf16 } from './sniff.ts';

const NEWLINE = 10;

/** Bytes as they are, but for a text in UTF-16, which its mark tells: models read UTF-8. */
function inUtf8(bytes: Uint8Array, { sniffed }: Leaf): Uint8Array {
  const encoding = sniffed.kind === 'text' ? utf16(bytes) : undefined;
  return encoding ? new TextEncoder().encode(new TextDecoder(encoding).decode(bytes)) : bytes;
}

export class TextCollector {
  readonly #room = new Room('Cut out a part, or open fewer files.');
  #last = NEWLINE;
  items = 0;

  async add(leaf: Leaf): Promise<void> {
    this.#room.reserve(leaf.sizeBytes);
    const bytes = inUtf8(await leaf.read(), leaf);
    // The last line of a file and the first of the next stay two.
    if (this.#last !== NEWLINE) this.#room.append(Uint8Array.of(NEWLINE));
    this.#room.append(bytes);
    this.#last = bytes.at(-1) ?? NEWLINE;
    this.items += 1;
  }

  finish() {
    return { medium: TEXT, bytes: this.#room.whole() };
  }
}
