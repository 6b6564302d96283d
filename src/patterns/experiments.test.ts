// The named patterns: each can be built, and those of the paper have its numbers (sections 7.1 to 7.4, and Table 4).

import { expect, test } from 'vitest';
import { headPairs } from './cost.ts';
import { EXPERIMENTS, experimentNamed } from './experiments.ts';
import { segmentsOf } from './factors.ts';

test.each(EXPERIMENTS.map((one) => [one.id, one] as const))('%s can be built', (id, experiment) => {
  const { length, geometry, layers } = experiment;
  expect(EXPERIMENTS.filter((one) => one.id === id)).toEqual([experiment]);
  expect(geometry.summaryCells).toBeLessThanOrEqual(geometry.stride);
  for (const factors of layers.flat()) {
    expect(headPairs(segmentsOf(factors, geometry, length), 0, length)).toBeGreaterThan(0);
  }
});

test.each([
  ['cifar10', 32 * 32 * 3, 32 * 3, 2],
  ['enwik8', 12_288, 128, 8],
  ['imagenet64', 64 * 64 * 3, 128, 16],
  ['audio', 65_536, 256, 1],
  ['audio-middle', 262_144, 512, 1],
  ['audio-long', 1_048_576, 1024, 1],
])('%s: %i positions, stride %i, %i heads', (id, length, stride, nHead) => {
  expect(experimentNamed(id)).toMatchObject({ length, geometry: { stride, nHead } });
});

test('enwik8 merges, with 32 summary cells', () => {
  expect(experimentNamed('enwik8')).toMatchObject({
    geometry: { summaryCells: 32 },
    layers: [[['ownBlock', 'summary']]],
  });
});
