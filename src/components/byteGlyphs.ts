// Text byte by byte: each byte with the sign that stands in its place. A character of several bytes shows on its first
// one, and the others hold its place.

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;

export interface Glyph {
  /** What is drawn; empty for the later bytes of a character. */
  readonly sign: string;
  /** What it is called, where it has no plain sign of its own. */
  readonly name: string;
}

const named: Readonly<Record<string, string>> = { ' ': 'space', '\n': 'line end', '\t': 'tab' };
const signs: Readonly<Record<string, string>> = { '\n': '↵', '\t': '⇥' };

/** A glyph for every byte; bytes that are not UTF-8 appear as two hexadecimal digits. */
export function byteGlyphs(bytes: Uint8Array): Glyph[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const glyphs: Glyph[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const length = characterBytes(first);
    let character: string | undefined;
    try {
      if (at + length <= bytes.length) character = decoder.decode(bytes.subarray(at, at + length));
    } catch {
      // Not UTF-8: a byte of its own.
    }
    if (character === undefined) {
      const hex = first.toString(16).padStart(2, '0');
      glyphs.push({ sign: hex, name: `byte ${hex}` });
      at += 1;
      continue;
    }
    const sign = signs[character] ?? (CONTROL.test(character) ? picture(character) : character);
    glyphs.push({ sign, name: named[character] ?? sign });
    for (let i = 1; i < length; i++) glyphs.push({ sign: '', name: `rest of ${sign}` });
    at += length;
  }
  return glyphs;
}

/** Bytes of the character that begins with this one. */
function characterBytes(first: number): number {
  if (first < 0xc2) return 1;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 1;
}

function picture(control: string): string {
  const code = control.charCodeAt(0);
  return String.fromCodePoint(code === 0x7f ? 0x2421 : 0x2400 + code);
}
