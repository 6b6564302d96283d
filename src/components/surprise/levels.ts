// Bits of surprise as a colour: none for what the model was sure of, full for what took as many bits as a blind guess.

/** What a byte costs a model that knows nothing. */
export const BLIND_BITS = 8;
/** Steps of colour that are told apart in a text. */
export const LEVELS = 8;

/** How strongly a byte is coloured, from 0 to 1. */
export function strength(bits: number): number {
  return Math.min(1, Math.max(0, bits / BLIND_BITS));
}

/** The step of colour of so many bits, from 0 to LEVELS. */
export function level(bits: number): number {
  return Math.round(LEVELS * strength(bits));
}

/** Neighbouring characters of one step of colour. */
export interface Stretch {
  readonly text: string;
  readonly level: number;
  /** Where it begins in the bytes. */
  readonly from: number;
  readonly to: number;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes of the character that begins with this byte, should it be a good one. */
function characterBytes(first: number): number {
  if (first < 0xc2) return 1;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 1;
}

/** A text cut where its colour changes; a character of several bytes has the bits of all of them on average. */
export function stretches(bytes: Uint8Array, bits: Float32Array): readonly Stretch[] {
  const found: { from: number; to: number; level: number }[] = [];
  for (let at = 0; at < bytes.length; ) {
    let end = at + 1;
    const wanted = at + characterBytes(bytes[at] ?? 0);
    // What is not UTF-8 goes byte by byte, as the text shows it.
    while (end < wanted && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end++;
    if (end < wanted) end = at + 1;
    let sum = 0;
    for (let i = at; i < end; i++) sum += bits[i] ?? 0;
    const step = level(sum / (end - at));
    const last = found.at(-1);
    if (last?.level === step) last.to = end;
    else found.push({ from: at, to: end, level: step });
    at = end;
  }
  return found.map(({ from, to, level }) => ({
    from,
    to,
    level,
    text: decoder.decode(bytes.subarray(from, to)),
  }));
}
