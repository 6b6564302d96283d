// WAV files of any header, and FLAC files of silence, for tests.

import { viewOf } from '../bytes.ts';
import { crc8 } from './flac.ts';

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

/** A FLAC file of silence, in frames of 65,535 samples without the checksums of their content; its header may lie. */
export function makeFlac(frames: number, { channels = 1, rateHz = 44_100, claimed = 0 }): Uint8Array {
  const info = new Uint8Array(42);
  info.set([...new TextEncoder().encode('fLaC'), 0x80, 0, 0, 34, 255, 255, 255, 255]);
  viewOf(info).setUint32(18, ((rateHz << 12) | ((channels - 1) << 9) | (15 << 4)) >>> 0);
  viewOf(info).setUint32(22, claimed);
  const all = Array.from({ length: frames }, (_, index) => {
    const number = index < 128 ? [index] : [0xc0 | (index >> 6), 0x80 | (index & 63)];
    const header = [0xff, 0xf8, 0x79, ((channels - 1) << 4) | 8, ...number, 255, 254];
    const silence = Array<number>(3 * channels).fill(0);
    return [...header, crc8(Uint8Array.from(header)), ...silence, 0, 0];
  });
  return Uint8Array.of(...info, ...all.flat());
}
