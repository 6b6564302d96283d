// Columns of a waveform hold every sample, and nothing else.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { envelope } from './envelope.ts';

test('each column spans its samples; what has not come yet is flat', () => {
  const samples = Float32Array.of(0.5, -0.25, 0.125, 1);
  const { low, high, bits } = envelope(samples, 8, 4, Float32Array.of(2, 4, 8, 0));
  expect([...low]).toEqual([-0.25, 0.125, 0, 0]);
  expect([...high]).toEqual([0.5, 1, 0, 0]);
  expect([...bits]).toEqual([3, 4, 0, 0]);
});

test('no sample is left out, however many columns there are', () => {
  const sizes = fc.record({
    length: fc.integer({ min: 1, max: 300 }),
    columns: fc.integer({ min: 1, max: 90 }),
  });
  fc.assert(
    fc.property(sizes, fc.nat(), ({ length, columns }, at) => {
      const samples = new Float32Array(length);
      samples[at % length] = 0.75;
      const { high } = envelope(samples, length, columns);
      expect(Math.max(...high)).toBe(0.75);
    }),
  );
});
