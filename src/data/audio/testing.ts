// WAV files of any header for tests.

import { viewOf } from '../bytes.ts';

export interface WavParts {
  readonly tag: number;
  readonly channels: number;
  readonly rateHz: number;
  readonly bits: number;
  /** Bytes of a frame, where they are to be told wrong. */
  readonly frameBytes?: number;
  readonly data: Uint8Array;
  /** Says that the format is in a GUID. */
  readonly extensible?: boolean;
  /** The length that the data's chunk claims. */
  readonly claimedBytes?: number;
  /** Chunks between format and data: as their content's bytes, padded or not. */
  readonly between?: readonly { readonly content: Uint8Array; readonly padded: boolean }[];
}

export function makeWav(parts: WavParts): Uint8Array<ArrayBuffer> {
  const { tag, channels, rateHz, bits, data, extensible = false, between = [] } = parts;
  const frameBytes = parts.frameBytes ?? channels * Math.ceil(bits / 8);
  const fmt = new Uint8Array(extensible ? 40 : 16);
  const view = viewOf(fmt);
  view.setUint16(0, extensible ? 0xfffe : tag, true);
  view.setUint16(2, channels, true);
  view.setUint32(4, rateHz, true);
  view.setUint32(8, Math.min(2 ** 32 - 1, rateHz * frameBytes), true);
  view.setUint16(12, frameBytes, true);
  view.setUint16(14, bits, true);
  if (extensible) {
    view.setUint16(16, 22, true);
    view.setUint16(18, bits, true);
    view.setUint16(24, tag, true);
    fmt.set([0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113], 26);
  }
  const chunks = [
    chunk('fmt ', fmt),
    ...between.map(({ content, padded }) => chunk('LIST', content, content.length, padded)),
    chunk('data', data, parts.claimedBytes),
  ].flat();
  return Uint8Array.from([...letters('RIFF'), ...uint32(4 + chunks.length), ...letters('WAVE'), ...chunks]);
}

const letters = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const uint32 = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);

function chunk(id: string, content: Uint8Array, claimed = content.length, padded = true): number[] {
  return [...letters(id), ...uint32(claimed), ...content, ...(padded && content.length % 2 ? [0] : [])];
}
