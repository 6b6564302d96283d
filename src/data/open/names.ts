// Names of files as they can stand in a sentence: some hold line breaks, codes that repaint a terminal, or marks that turn
// what follows around, and an archive's may be as long as a page.

const MAX_CHARACTERS = 120;

/** The name on one line, without control characters; of a long one, beginning and end. */
export function plainName(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '\ufffd');
  const characters = [...plain];
  if (characters.length <= MAX_CHARACTERS) return plain;
  const half = MAX_CHARACTERS / 2;
  return `${characters.slice(0, half).join('')}…${characters.slice(1 - half).join('')}`;
}
