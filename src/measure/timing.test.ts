// Medians, quartiles and how many runs are taken, and the theory that measurements are held against.

import { describe, expect, test } from 'vitest';
import { benchModels } from './models.ts';
import { attentionDemand, matmulDemand, samplingDemand, theoryMs, trainingDemand } from './theory.ts';
import { quantile, sampleTimes, summarize } from './timing.ts';

test('medians and quartiles are interpolated', () => {
  expect(summarize([5, 1, 4, 2, 3])).toEqual({ ms: 3, spreadMs: [2, 4], runs: 5 });
  expect(summarize([7])).toEqual({ ms: 7, spreadMs: [7, 7], runs: 1 });
  expect(quantile([0, 10], 0.25)).toBe(2.5);
});

test('runs are taken until the time is up, but not fewer or more than asked', async () => {
  const instant = async () => 1;
  const limits = { runMs: 1, fewestRuns: 3, mostRuns: 6 };
  expect(await sampleTimes({ ...limits, totalMs: 0 }, instant)).toMatchObject({ runs: 3 });
  expect(await sampleTimes({ ...limits, totalMs: 1000 }, instant)).toMatchObject({ runs: 6 });
});

describe('theory', () => {
  const ceilings = { flopsPerSecond: 1e12, bytesPerSecond: 1e9 };

  test('is arithmetic or traffic, whichever takes longer', () => {
    expect(theoryMs({ flops: 2e12, bytes: 1e9 }, ceilings)).toBe(2000);
    expect(theoryMs({ flops: 1e12, bytes: 3e9 }, ceilings)).toBe(3000);
  });

  test('counts a product and an attention layer', () => {
    expect(matmulDemand(2, 3, 4)).toEqual({ flops: 48, bytes: 4 * (6 + 8 + 12) });
    const { forward, backward } = attentionDemand(10, 4, 8);
    expect(forward).toEqual({ flops: 10 * 4 * 8, bytes: 4 * 8 * 4 * 4 });
    expect(backward.flops).toBe(2.5 * forward.flops);
  });

  test('counts a training step and a drawn byte of T1', () => {
    const { config, shape } = benchModels[0]!;
    const weights = 6 * 256 * (4 * 256 + 2 * 1024) + 256 * 256;
    const pairs = (8 * 6 * 4 * 1024 * 1025) / 2;
    expect(trainingDemand(config, shape).flops).toBe(6 * 8192 * weights + 14 * 64 * pairs);
    const { bytes } = samplingDemand(config, 2, 0);
    expect(bytes).toBe(4 * (weights + (2 * 6 * 1025 * 512) / 2));
  });
});
