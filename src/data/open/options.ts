// What `openFiles` is asked for, and what the browser helps it with.

import type { Pcm } from '../audio/sound.ts';
import type { Pixels } from '../image/pixels.ts';
import type { Medium } from '../medium.ts';

/** What reads a file's bytes when they are needed: a `Blob`, or a file on a disk. */
export interface Readable {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
  arrayBuffer(): Promise<ArrayBuffer>;
}

export type Content = Uint8Array | Readable;

export interface SourceFile {
  /** With folders, where it comes from one: errors name it so. */
  readonly name: string;
  readonly content: Content;
}

export interface OpenOptions {
  /** `auto` takes what most of the files are. */
  readonly kind: 'auto' | Medium['kind'];
  /**
   * Pixels on a side, or height and width. Without it, pictures of a data set keep their size, and others become
   * `DEFAULT_SIDE` a side.
   */
  readonly size?: number | { readonly height: number; readonly width: number };
  /** Without it, a data set in grey stays grey, and all else has colours. */
  readonly channels?: 1 | 3;
  /** Samples a second; without it `DEFAULT_RATE_HZ`. */
  readonly rateHz?: number;
  /** At most so many pictures, or files of text or sound. */
  readonly maxItems?: number;
  /** Told now and then: the share of the files done, in (0, 1]. */
  readonly onProgress?: (share: number) => void;
  /** Ends the work with a `Failure` 'cancelled'. */
  readonly signal?: AbortSignal;
}

/** Decoders of formats that only a browser knows. Both reject for what they cannot decode. */
export interface DecodeHooks {
  readonly decodeImage?: (blob: Blob) => Promise<Pixels>;
  readonly decodeAudio?: (blob: Blob) => Promise<Pcm>;
}

/** The options that open files as a model of this medium needs them. */
export function optionsFor(medium: Medium): OpenOptions {
  const { kind } = medium;
  if (kind === 'text') return { kind };
  if (kind === 'audio') return { kind, rateHz: medium.rateHz };
  return { kind, size: { height: medium.height, width: medium.width }, channels: medium.channels };
}
