// What the page calls the things that a medium is made of.

import type { Medium, MediumKind } from '../data/medium.ts';
import { count } from './format.ts';

interface MediumWords {
  /** The kind, as a choice. */
  readonly name: string;
  /** What the bytes are together: "the text". */
  readonly whole: string;
  /** What a byte is called where its bits are counted. */
  readonly unit: 'byte' | 'dim';
}

const WORDS: Readonly<Record<MediumKind, MediumWords>> = {
  text: { name: 'text', whole: 'text', unit: 'byte' },
  image: { name: 'pictures', whole: 'pictures', unit: 'dim' },
  audio: { name: 'sound', whole: 'sound', unit: 'byte' },
};

export const wordsOf = (kind: MediumKind): MediumWords => WORDS[kind];

/** How much there is of so many bytes: "40 pictures", "2.5 s", "960 bytes". */
export function amount(sizeBytes: number, medium: Medium): string {
  if (medium.kind === 'text') return `${count(sizeBytes)} bytes`;
  if (medium.kind === 'image') {
    const pictures = sizeBytes / (medium.height * medium.width * medium.channels);
    return `${count(pictures)} ${pictures === 1 ? 'picture' : 'pictures'}`;
  }
  const seconds = sizeBytes / medium.rateHz;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
