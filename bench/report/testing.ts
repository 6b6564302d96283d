// Results of a machine that does not exist, for the tests.

import type { Row } from '../../src/measure/rows.ts';
import type { MachineResults, Run, TorchResults } from '../results.ts';

export const attentionRow = {
  group: 'attention',
  pattern: 'strided',
  length: 12_288,
  stride: 128,
  summaryCells: 32,
  pairs: 8_000_000,
  pairsOfDense: 0.027,
  forwardMs: 0.25,
  forwardSpreadMs: [0.24, 0.27],
  forwardOfDense: 0.05,
  forwardTheoryMs: 0.1,
  forwardOfTheory: 0.4,
  backwardMs: 0.75,
  backwardSpreadMs: [0.7, 0.8],
  backwardOfDense: 0.06,
  backwardTheoryMs: 0.15,
  backwardOfTheory: 0.2,
  runs: 25,
} as const satisfies Row;

export const memoryRow = {
  group: 'memory',
  layers: 128,
  recompute: true,
  length: 3072,
  parameters: 101_000_000,
  plannedBytes: 3 * 2 ** 30,
  allocatedBytes: null,
  notAllocated: 'more than 1024 MiB, so not tried',
} as const satisfies Row;

const allocatedRow = {
  ...{ group: 'memory', layers: 12, recompute: false, length: 3072, parameters: 9_600_000 },
  ...{ plannedBytes: 768 * 2 ** 20, allocatedBytes: 768 * 2 ** 20, notAllocated: null },
} as const satisfies Row;

const watchRow = {
  group: 'watch',
  model: 'T1 dense',
  length: 1024,
  piece: 64,
  tokens: 128,
  watchedMs: 0.125,
  watchedSpreadMs: [0.12, 0.13],
  plainMs: 0.1,
  plainSpreadMs: [0.09, 0.11],
  runs: 5,
  kept: 0.8,
} as const satisfies Row;

export const trainRow = {
  group: 'train',
  model: 'T1 dense',
  precision: 'float32',
  parameters: 4_900_000,
  tokens: 8192,
  stepMs: 10,
  stepSpreadMs: [9.9, 10.2],
  runs: 40,
  pipelinedMs: 9.8,
  tokensPerSecond: 819_200,
  memoryBytes: 900 * 2 ** 20,
  loss0: 5.5452,
  loss19: 3.3,
  theoryMs: 6,
  ofTheory: 0.6,
  kernels: [
    { kernel: 'matmul/store 8192x256x256', dispatches: 12, ms: 4 },
    { kernel: 'optimizer/adam 1', dispatches: 1, ms: 0.01 },
  ],
} as const satisfies Row;

const skippedRow = {
  group: 'length',
  length: 1_048_576,
  stride: 1024,
  layers: 16,
  parameters: 3_400_000,
  skipped: 'This run needs a buffer of 2,048 MiB.',
} as const satisfies Row;

export const run: Run = {
  runtime: 'node',
  adapter: {
    vendor: 'acme',
    architecture: 'anvil',
    description: 'Acme Anvil 9000',
    software: false,
    features: ['subgroups'],
    maxBindingBytes: 2 ** 31,
  },
  driver: 'Acme Anvil 9000, driver 1.2.3',
  date: '2026-01-02',
  versions: { weft: 'abc1234', node: '20.20.2' },
  ceilings: { flopsPerSecond: 60e12, bytesPerSecond: 2.7e12 },
  rows: [attentionRow, trainRow, watchRow, memoryRow, allocatedRow, skippedRow],
};

/** As PyTorch's benchmark writes it. */
export const torch: TorchResults = {
  'op.strided_lse.fp32': { rows: { n12288: { fwd_ms: 0.5, fwdbwd_ms: 2.5, reps: '21/21' } } },
  'op.flex_strided.fp32': { rows: { n12288: { fwd_ms: 10, fwdbwd_ms: 60 } } },
  'train.T1.fp32.sdpa': {
    rows: { eager: { ms: 13 }, 'compile+graph': { ms: 11, loss0: '-' }, compile: { error: 'no' } },
  },
  'train.T1.bf16.sdpa': { rows: { 'compile+graph': { ms: 2.5 } } },
  'decode.fp32': {
    rows: { 'fp32.B1.graph.sampled': { us_per_step: 900 }, 'fp32.B1.graph.greedy': { us_per_step: 1 } },
  },
  matmul: {
    rows: { env: { gpu: 'Acme Anvil 9000', torch: '2.11.0', cuda: '13.0' }, 'fp32.4096': { ms: 2.7 } },
  },
  'op.window.fp32': {},
};

export const machine: MachineResults = {
  machine: 'acme-anvil-9000',
  runs: [run],
  peers: {
    torch,
    browser: [
      {
        peer: 'jax-js',
        model: 'T1 dense',
        stepMs: 600,
        stepSpreadMs: [590, 610],
        runs: 17,
        tokensPerSecond: 13_653,
        loss0: 5.56,
        lossLast: 3.22,
        steps: 20,
      },
      { peer: 'tfjs', model: 'T3 dense', failed: 'loss is null' },
    ],
  },
};
