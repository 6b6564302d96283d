// What a model's bytes are to a person: letters, pixels or sound.

import { Failure } from '../lib/errors.ts';
import type { Fields } from '../lib/fields.ts';

/** How a stretch of bytes is read. The bytes are the model's vocabulary in every medium. */
export type Medium =
  /** UTF-8, as it stands in the file. */
  | { readonly kind: 'text' }
  /** One picture after another, each `height * width * channels` bytes: row, column, channel, channel fastest. */
  | {
      readonly kind: 'image';
      readonly height: number;
      readonly width: number;
      /** 1 is grey, 3 is RGB. */
      readonly channels: 1 | 3;
    }
  /** One channel of 8-bit mu-law samples (ITU-T G.711). */
  | { readonly kind: 'audio'; readonly rateHz: number };

export type MediumKind = Medium['kind'];

export const TEXT: Medium = { kind: 'text' };

/** Bytes that belong together and that a window should begin with: a whole picture, or 1. */
export const itemBytes = (medium: Medium): number =>
  medium.kind === 'image' ? medium.height * medium.width * medium.channels : 1;

/** Longest side of a picture that a model reads, and rates of sound that can be chosen. */
export const MAX_SIDE = 256;
export const MIN_RATE_HZ = 1000;
export const MAX_RATE_HZ = 48_000;

/** The rate that the paper's models of sound read. */
export const DEFAULT_RATE_HZ = 12_000;

/** Whether two media read bytes alike. */
export const sameMedium = (a: Medium, b: Medium): boolean => mediumWords(a) === mediumWords(b);

/** A medium in a sentence: "text", "pictures of 28 x 28 pixels in grey", "sound at 12,000 Hz". */
export function mediumWords(medium: Medium): string {
  if (medium.kind === 'text') return 'text';
  if (medium.kind === 'audio') return `sound at ${medium.rateHz.toLocaleString('en')} Hz`;
  const { height, width, channels } = medium;
  return `pictures of ${width} x ${height} pixels in ${channels === 1 ? 'grey' : 'colour'}`;
}

/** Reads a `Medium`. Throws a `Failure` 'bad-config' that names the setting. */
export function parseMedium(fields: Fields): Medium {
  const medium = mediumOf(fields);
  fields.end();
  return medium;
}

function mediumOf(fields: Fields): Medium {
  const kind = fields.text('kind', 20);
  if (kind === 'text') return TEXT;
  if (kind === 'audio') return { kind, rateHz: fields.count('rateHz', MIN_RATE_HZ, MAX_RATE_HZ) };
  if (kind !== 'image') {
    throw new Failure('bad-config', `A medium is text, image or audio, not ${JSON.stringify(kind)}.`);
  }
  const height = fields.count('height', 1, MAX_SIDE);
  const width = fields.count('width', 1, MAX_SIDE);
  const channels = fields.count('channels', 1, 3);
  if (channels === 2) throw new Failure('bad-config', 'Pictures have 1 channel (grey) or 3 (colour), not 2.');
  return { kind, height, width, channels: channels === 1 ? 1 : 3 };
}
