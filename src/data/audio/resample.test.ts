// Resampling, held against tones whose samples at the new rate are known.

import { describe, expect, it } from 'vitest';
import { joined } from '../bytes.ts';
import { resample } from './resample.ts';
import { type Sound, soundOf } from './sound.ts';

function tone(hz: number, rateHz: number, seconds = 1): Sound {
  const samples = Float32Array.from(
    { length: Math.round(seconds * rateHz) },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rateHz),
  );
  return soundOf({ rateHz, channels: [samples] });
}

function resampled(sound: Sound, rateHz: number): Float32Array {
  const pieces = [...resample(sound, rateHz)].map((piece) => new Uint8Array(piece.buffer));
  return new Float32Array(joined(pieces).buffer);
}

const power = (samples: ArrayLike<number>) =>
  Array.from(samples).reduce((sum, x) => sum + x * x, 0) / samples.length;
const decibels = (ratio: number) => 10 * Math.log10(ratio);
/** Away from both ends, where the tone begins and breaks off. */
const middle = <T extends { slice(a: number, b: number): T; length: number }>(samples: T) =>
  samples.slice(Math.floor(samples.length / 4), Math.floor((3 * samples.length) / 4));

describe('resample', () => {
  it.each([
    [44_100, 12_000],
    [48_000, 12_000],
    [8_000, 12_000],
    [11_025, 12_000],
    [44_101, 12_000],
    [22_050, 16_000],
    [96_000, 8_000],
  ])('from %i to %i Hz keeps tones to 90 dB', (from, to) => {
    for (const hz of [100, 1000, 0.35 * Math.min(from, to)]) {
      const output = middle(resampled(tone(hz, from), to));
      const wanted = middle(
        Float32Array.from({ length: to }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / to)),
      );
      const noise = output.map((x, i) => x - wanted[i]!);
      expect(decibels(power(wanted) / power(noise))).toBeGreaterThan(90);
    }
  });

  it('holds what would alias 80 dB down', () => {
    for (const hz of [6500, 8000, 11_000, 15_000, 20_000]) {
      const output = middle(resampled(tone(hz, 44_100), 12_000));
      expect(decibels(power(output) / 0.125)).toBeLessThan(-80);
    }
  });

  it('has the length that the rates give, whatever the pieces, and stays on time', () => {
    expect(resampled(tone(10, 44_100, 2), 12_000).length).toBe(24_000);
    expect(resampled(tone(10, 8000, 0.0011), 12_000).length).toBe(14);
    const long = resampled(tone(500, 44_100, 30), 12_000).slice(-12_000, -6000);
    const wanted = Float32Array.from(
      { length: 6000 },
      (_, i) => 0.5 * Math.sin((2 * Math.PI * 500 * (i + 348_000)) / 12_000),
    );
    expect(decibels(power(wanted) / power(long.map((x, i) => x - wanted[i]!)))).toBeGreaterThan(80);
  });

  it('leaves sound at the same rate as it is', () => {
    const sound = tone(440, 12_000, 0.1);
    expect(resampled(sound, 12_000)).toEqual(sound.read(0, sound.length));
  });
});
