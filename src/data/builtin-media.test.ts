// The pictures and tunes that the page makes: the same each time, varied, and with something in them to learn.

import { describe, expect, it } from 'vitest';
import { samplesOf } from './audio/mulaw.ts';
import { builtinAudio, builtinAudioFile, pluck } from './builtin-audio.ts';
import { builtinImages, builtinImagesFile } from './builtin-images.ts';
import { openFiles } from './open/open.ts';
import { entropyBitsPerByte, gzipBitsPerByte } from './yardsticks.ts';

describe('pictures', () => {
  it('are the same for the same seed, whatever their number', () => {
    const all = builtinImages(5, 16, 3, 4);
    expect(builtinImages(5, 16, 3, 4)).toEqual(all);
    expect(builtinImages(2, 16, 3, 4)).toEqual(all.slice(0, 2 * 768));
    expect(builtinImages(5, 16, 3, 5)).not.toEqual(all);
  });

  it.each([8, 16, 28, 64])('of %i a side are all different and neither plain nor noise', (size) => {
    for (const channels of [1, 3] as const) {
      const bytes = builtinImages(60, size, channels);
      const item = size * size * channels;
      const pictures = Array.from({ length: 60 }, (_, i) => bytes.subarray(i * item, (i + 1) * item));
      expect(new Set(pictures.map(String)).size).toBe(60);
      for (const picture of pictures) expect(new Set(picture).size).toBeGreaterThan(12);
      expect(gzipBitsPerByte(bytes)).toBeLessThan(entropyBitsPerByte(bytes));
    }
  });

  it('open as the data set that they are', async () => {
    const file = builtinImagesFile(30, 12);
    const dataset = await openFiles([{ name: file.name, content: file }], { kind: 'auto' });
    expect(dataset).toMatchObject({
      items: 30,
      medium: { kind: 'image', height: 12, width: 12, channels: 3 },
    });
    expect(dataset.bytes).toEqual(builtinImages(30, 12, 3));
  });
});

describe('tunes', () => {
  it('are the same for the same seed', () => {
    expect(builtinAudio(1, 8000, 2)).toEqual(builtinAudio(1, 8000, 2));
    expect(builtinAudio(1, 8000, 2)).not.toEqual(builtinAudio(1, 8000, 3));
  });

  it('are audible everywhere, and nowhere clipped', () => {
    const samples = samplesOf(builtinAudio(20, 12_000));
    for (let second = 0; second < 20; second++) {
      const part = samples.subarray(second * 12_000, (second + 1) * 12_000);
      expect(Math.sqrt(part.reduce((sum, x) => sum + x * x, 0) / part.length)).toBeGreaterThan(0.02);
      expect(Math.max(...part.map(Math.abs))).toBeLessThan(0.97);
    }
  });

  it('open as the sound that they are', async () => {
    const file = builtinAudioFile(2);
    const dataset = await openFiles([{ name: file.name, content: file }], { kind: 'auto' });
    expect(dataset.medium).toEqual({ kind: 'audio', rateHz: 12_000 });
    expect(dataset.bytes).toEqual(builtinAudio(2, 12_000).map((byte) => (byte === 0x7f ? 0xff : byte)));
  });

  it('are in tune, to a twentieth of a semitone', () => {
    for (const pitch of [-24, -12, -5, 0, 3, 7]) {
      const rateHz = 12_000;
      const samples = new Float32Array(rateHz);
      pluck(samples, 0, rateHz, { at: 0, length: 1, pitch, loudness: 0.6 }, 9);
      const hz = 440 * 2 ** (pitch / 12);
      // The frequency near the wanted one with the most power.
      const part = samples.subarray(2000, 10_000);
      const power = (cents: number) => {
        const step = (2 * Math.PI * hz * 2 ** (cents / 1200)) / rateHz;
        let [re, im] = [0, 0];
        for (const [i, x] of part.entries()) {
          const hann = 1 - Math.cos((2 * Math.PI * i) / part.length);
          re += hann * x * Math.cos(step * i);
          im += hann * x * Math.sin(step * i);
        }
        return re * re + im * im;
      };
      const cents = Array.from({ length: 81 }, (_, i) => i - 40);
      const best = cents.reduce((a, b) => (power(b) > power(a) ? b : a));
      expect(Math.abs(best)).toBeLessThanOrEqual(5);
    }
  });
});
