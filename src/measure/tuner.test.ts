// What a tuner is to measure on an adapter, and what its findings mean for it.

import { expect, it } from 'vitest';
import { kernelVariants, matmulTiles } from '../kernels/index.ts';
import { choicesOf, choicesToFollow, tuningItems } from './tuner.ts';
import type { TuningStep } from './tuning.ts';

const gpu = { software: false, workgroupStorageBytes: 49_152 };
const shape = { M: 8192, N: 256, K: 1024 };
const step: TuningStep = {
  ...{ storage: 'full', product: 'forward, narrow', shape },
  kernels: matmulTiles.map(
    ({ rows, columns, blocks }) => `${rows} x ${columns} in blocks of ${blocks.join(' x ')}`,
  ),
  ms: [3, 2, 1, 4, 5],
};

it('measures each class once for each storage, on a CPU the narrow ones', () => {
  const keys = (software: boolean) =>
    tuningItems({ ...gpu, software }).map(({ storage, product }) => `${storage} ${product}`);
  expect(new Set(keys(false)).size).toBe(12);
  expect(keys(false).length).toBe(12);
  expect(keys(true)).toEqual(keys(false).filter((key) => key.endsWith('narrow')));
  for (const { candidates } of tuningItems({ ...gpu, software: true })) {
    expect(candidates).toEqual(['plain', matmulTiles.at(-1)]);
  }
});

it('chooses the fastest kernel of each class, as long as the kernels are the same', () => {
  const choices = choicesOf(gpu, [step]);
  expect(choices).toEqual({ 'full forward, narrow': 2 });
  expect(kernelVariants({ ...gpu, choices }).matmul(shape)).toBe(matmulTiles[2]);
  const older = { ...step, kernels: step.kernels.slice(1), ms: step.ms.slice(1) };
  expect(choicesOf(gpu, [older])).toEqual({});
  expect(choicesOf({ ...gpu, workgroupStorageBytes: 16_384 }, [step])).toEqual({});
});

it('leaves the usual kernel where another saves no more than timings differ by', () => {
  const close = { ...step, ms: step.ms.map((_, index) => (index === 0 ? 1 : 0.985)) };
  expect(choicesOf(gpu, [close])).toEqual({ 'full forward, narrow': 0 });
});

it('follows what is kept unless that is switched off', () => {
  const kept = { measuredAtMs: 0, on: true, steps: [step] };
  expect(choicesToFollow(gpu, kept)).toEqual({ 'full forward, narrow': 2 });
  expect(choicesToFollow(gpu, { ...kept, on: false })).toBeUndefined();
  expect(choicesToFollow(gpu, { ...kept, steps: [] })).toBeUndefined();
  expect(choicesToFollow(gpu, undefined)).toBeUndefined();
});
