// What a spectrogram shows of sounds whose frequencies are known.

import { expect, it } from 'vitest';
import { spectrogramOf } from './spectrogram.ts';

const RATE_HZ = 12_000;

const tone = (hz: number, seconds: number, loudness = 0.5) =>
  Float32Array.from(
    { length: seconds * RATE_HZ },
    (_, at) => loudness * Math.sin((2 * Math.PI * hz * at) / RATE_HZ),
  );

/** The frequency of the brightest row of a column. */
function loudestHz({ width, height, data }: ReturnType<typeof spectrogramOf>, column: number): number {
  const rows = Array.from({ length: height }, (_, row) => data[row * width + column]!);
  const row = rows.indexOf(Math.max(...rows));
  return ((height - 1 - row) * RATE_HZ) / (2 * height);
}

it('is brightest at the frequency of a tone, when it sounds', () => {
  const picture = spectrogramOf(Float32Array.from([...tone(440, 1), ...tone(3000, 1, 0.05)]));
  expect(picture).toMatchObject({ width: Math.ceil((2 * RATE_HZ) / 256), height: 512, channels: 1 });
  for (const column of [5, 20, 40]) expect(Math.abs(loudestHz(picture, column) - 440)).toBeLessThan(12);
  for (const column of [55, 70, 90]) expect(Math.abs(loudestHz(picture, column) - 3000)).toBeLessThan(12);
  const brightest = (from: number, to: number) => {
    const columns = Array.from({ length: to - from }, (_, i) => from + i);
    return Math.max(
      ...columns.flatMap((c) =>
        Array.from({ length: 512 }, (_, row) => picture.data[row * picture.width + c]!),
      ),
    );
  };
  // A tenth of the loudness is 20 of 80 decibels less.
  expect(brightest(5, 40)).toBe(255);
  expect(brightest(60, 90)).toBeCloseTo(255 * 0.75, -1);
});

it('is black for silence and never wider than a screen can show', () => {
  expect(spectrogramOf(new Float32Array(5000)).data.every((grey) => grey === 0)).toBe(true);
  expect(spectrogramOf(new Float32Array())).toMatchObject({ width: 1, height: 512 });
  const long = spectrogramOf(tone(1000, 60));
  expect(long.width).toBe(2048);
  expect(Math.abs(loudestHz(long, 1000) - 1000)).toBeLessThan(12);
});
