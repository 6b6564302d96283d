// What a model's bytes are to a person: letters, pixels or sound.

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
