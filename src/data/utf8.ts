// UTF-8 that arrives in pieces, cut anywhere: what is complete is decoded, what is not waits for the next piece.
// Bytes that are not UTF-8 become replacement characters, exactly as if all had been decoded at once.

/** The first bytes of a character whose rest has not come yet: three at most. */
export type Undecoded = Uint8Array;

/** How many bytes at the end begin a character that they do not finish. */
function incompleteBytes(bytes: Uint8Array): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const byte = bytes[bytes.length - length]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const needed = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 1;
      return length < needed ? length : 0;
    }
  }
  return 0;
}

/** Decodes `waiting` and `bytes` together; `last` tells that nothing follows. */
export function decodeNext(
  waiting: Undecoded,
  bytes: Uint8Array,
  last: boolean,
): { readonly text: string; readonly undecoded: Undecoded } {
  const all = new Uint8Array(waiting.length + bytes.length);
  all.set(waiting);
  all.set(bytes, waiting.length);
  const end = all.length - (last ? 0 : incompleteBytes(all));
  // A byte order mark in the middle of a text is a character like any other.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(all.subarray(0, end));
  return { text, undecoded: all.slice(end) };
}
