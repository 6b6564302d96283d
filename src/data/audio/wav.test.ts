// WAV: every kind of sample, what recorders get wrong, and what is written.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../bytes.ts';
import { decodeALaw, decodeMuLaw, muLawOf } from './mulaw.ts';
import { makeWav, type WavParts } from './testing.ts';
import { readWav } from './wav-read.ts';
import { writeWav } from './wav-write.ts';

const base: WavParts = {
  tag: 1,
  channels: 1,
  rateHz: 8000,
  bits: 16,
  data: Uint8Array.of(0, 64, 0, 192, 255, 127),
};
const samplesIn = (file: Uint8Array) => {
  const sound = readWav(file);
  return [...sound.read(0, sound.length)];
};
const read = (parts: Partial<WavParts>) => samplesIn(makeWav({ ...base, ...parts }));

describe('readWav', () => {
  const half = (bytes: number, write: (view: DataView) => void) => {
    const data = new Uint8Array(bytes);
    write(viewOf(data));
    return data;
  };

  it.each<[what: string, tag: number, bits: number, data: Uint8Array, wanted: number[]]>([
    ['PCM of 8 bits', 1, 8, Uint8Array.of(128, 0, 192), [0, -1, 0.5]],
    ['PCM of 16 bits', 1, 16, base.data, [0.5, -0.5, 32767 / 32768]],
    ['PCM of 24 bits', 1, 24, Uint8Array.of(0, 0, 64, 0, 0, 192, 1, 0, 0), [0.5, -0.5, 2 ** -23]],
    ['PCM of 32 bits', 1, 32, Uint8Array.of(0, 0, 0, 64, 0, 0, 0, 128), [0.5, -1]],
    ['PCM of 12 bits, in the upper bits of 16', 1, 12, Uint8Array.of(0, 64, 0, 192), [0.5, -0.5]],
    ['floating point of 32 bits', 3, 32, half(4, (view) => view.setFloat32(0, 0.5, true)), [0.5]],
    ['floating point of 64 bits', 3, 64, half(8, (view) => view.setFloat64(0, -0.25, true)), [-0.25]],
    ['mu-law', 7, 8, Uint8Array.of(3, 200), [3, 200].map((byte) => decodeMuLaw(byte) / 32768)],
    ['A-law', 6, 8, Uint8Array.of(3, 200), [3, 200].map((byte) => decodeALaw(byte) / 32768)],
  ])('reads %s, also as an extensible format', (_, tag, bits, data, wanted) => {
    expect(read({ tag, bits, data })).toEqual(wanted);
    expect(read({ tag, bits, data, extensible: true })).toEqual(wanted);
  });

  it('mixes channels', () => {
    expect(read({ channels: 2, data: Uint8Array.of(0, 64, 0, 32, 0, 192, 0, 64) })).toEqual([0.375, 0]);
  });

  it('reads any stretch, and silence around the sound', () => {
    const sound = readWav(makeWav(base));
    expect([...sound.read(-1, 3)]).toEqual([0, 0.5, -0.5]);
    expect([...sound.read(2, 3)]).toEqual([32767 / 32768, 0, 0]);
  });

  it('forgives what players forgive', () => {
    const wanted = [0.5, -0.5, 32767 / 32768];
    expect(read({ claimedBytes: 2 ** 32 - 1 })).toEqual(wanted);
    expect(read({ claimedBytes: 1000 })).toEqual(wanted);
    expect(read({ claimedBytes: 0 })).toEqual(wanted);
    expect(read({ data: Uint8Array.of(...base.data, 9) })).toEqual(wanted);
    expect(read({ frameBytes: 7 })).toEqual(wanted);
    const content = Uint8Array.of(1, 2, 3);
    expect(read({ between: [{ content, padded: true }] })).toEqual(wanted);
    expect(read({ between: [{ content, padded: false }] })).toEqual(wanted);
    const data = new Uint8Array(8);
    viewOf(data).setFloat32(0, Number.NaN, true);
    viewOf(data).setFloat32(4, 0.5, true);
    expect(read({ tag: 3, bits: 32, data })).toEqual([0, 0.5]);
  });

  it.each<[what: string, message: string, parts: Partial<WavParts>]>([
    ['no channels', 'has 0 channels', { channels: 0 }],
    ['a thousand channels', 'has 1000 channels', { channels: 1000 }],
    ['an absurd rate', '0 samples a second', { rateHz: 0 }],
    ['another absurd rate', '4,000,000,000 samples a second', { rateHz: 4e9 }],
    ['a format that is unknown', '4 bits of format 2', { tag: 2, bits: 4 }],
    ['no bits', '0 bits of format 1', { bits: 0 }],
    ['no samples', 'holds no samples', { data: new Uint8Array() }],
    ['less than a frame', 'holds no samples', { data: Uint8Array.of(1) }],
  ])('refuses %s in words', (_, message, parts) => {
    expect(() => read(parts)).toThrow(message);
  });

  it('refuses what is no WAV file of the usual kind', () => {
    const file = makeWav(base);
    expect(() => readWav(file.subarray(0, 16))).toThrow('"fmt "');
    expect(() => readWav(file.subarray(0, 36))).toThrow('no samples');
    expect(() => readWav(Uint8Array.of(1, 2, 3))).toThrow('no WAV file');
    const large = file.slice();
    large.set([0x52, 0x46, 0x36, 0x34]);
    expect(() => readWav(large)).toThrow('RF64');
    const odd = makeWav({ ...base, extensible: true });
    odd[12 + 8 + 30] = 9;
    expect(() => readWav(odd)).toThrow('of a kind that is not read');
  });
});

describe('writeWav', () => {
  it.each(['pcm16', 'muLaw'] as const)('%s is read back to the same bytes', (encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 99 }), (bytes) => {
        const muLaw = bytes.map((byte) => (byte === 0x7f ? 0xff : byte));
        const file = writeWav(muLaw, 12_000, encoding);
        expect(file.length % 2).toBe(0);
        expect(viewOf(file).getUint32(4, true)).toBe(file.length - 8);
        const sound = readWav(file);
        expect(sound.rateHz).toBe(12_000);
        expect(muLawOf(sound.read(0, sound.length))).toEqual(muLaw);
      }),
    );
  });
});
