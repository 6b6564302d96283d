// Finds out, on the adapter at hand, which of a few tiles is fastest for matrix products. Products come in six classes:
// forward, and gradients of inputs and of weights, each with a narrow and with a wide output; a product that stands for
// its class is timed with every tile. What comes of it is a choice by class, which kernelVariants follows.

import type { Gpu } from '../gpu/device.ts';
import { PlanBuilder } from '../gpu/plan.ts';
import { type MatmulShape, type MatmulTile, matmul, type SubgroupTile, splitParts } from './matmul.ts';
import type { Storage } from './storage.ts';
import { matmulCandidates, productClass } from './variants.ts';

/** Which candidate is fastest, by `${storage} ${class}`. */
export type Choices = Readonly<Record<string, number>>;

export interface TuningStep {
  readonly storage: Storage;
  readonly product: string;
  /** Milliseconds by candidate. */
  readonly ms: readonly number[];
}

/** Shapes of a model of width 256 over 8,192 tokens: a narrow and a wide output of each kind. */
const representatives: readonly MatmulShape[] = [
  { M: 8192, N: 256, K: 1024 },
  { M: 8192, N: 1024, K: 256 },
  { M: 8192, N: 256, K: 1024, transposeB: true },
  { M: 8192, N: 1024, K: 256, transposeB: true },
  { M: 256, N: 256, K: 8192, transposeA: true, parts: splitParts(256, 256, 8192) },
  { M: 1024, N: 1024, K: 8192, transposeA: true, parts: splitParts(1024, 1024, 8192) },
];

/** How long one timing repeats its product, about. */
const TIMING_MS = 4;
const ROUNDS = 3;
/** GPUs that idle run slowly at first. */
const WARM_UP_MS = 100;

/**
 * Measures, on an idle GPU, and yields each class as it is done; `choicesOf` makes of all of them what kernelVariants
 * follows. On an adapter that computes on a CPU there is nothing to choose.
 */
export async function* tune(gpu: Gpu): AsyncGenerator<TuningStep> {
  if (gpu.profile.software) return;
  const largest = Math.max(...representatives.map(({ M, N, parts = 1 }) => M * N * parts));
  const inputs = Math.max(...representatives.map(({ M, N, K }) => Math.max(M * K, K * N)));
  const buffers = {
    a: gpu.storage('tuner.a', inputs * 4),
    b: gpu.storage('tuner.b', inputs * 4),
    out: gpu.storage('tuner.out', largest * 4),
  };
  try {
    for (const storage of ['full', 'packed'] as const) {
      for (const shape of representatives) {
        const candidates = matmulCandidates(gpu.profile, storage, shape);
        const runs = await Promise.all(
          candidates.map((tile) => replayOf(gpu, { shape, tile, storage, buffers })),
        );
        await during(WARM_UP_MS, () => runs[0]!(8));
        yield { storage, product: productClass(shape), ms: await timeAll(runs) };
      }
    }
  } finally {
    for (const buffer of Object.values(buffers)) gpu.release(buffer);
  }
}

export function choicesOf(steps: readonly TuningStep[]): Choices {
  return Object.fromEntries(
    steps.map(({ storage, product, ms }) => [`${storage} ${product}`, ms.indexOf(Math.min(...ms))]),
  );
}

interface Timed {
  readonly shape: MatmulShape;
  readonly tile: MatmulTile | SubgroupTile;
  readonly storage: Storage;
  readonly buffers: Readonly<Record<'a' | 'b' | 'out', GPUBuffer>>;
}

/** A function that runs a product so many times and resolves, when the GPU is done, with milliseconds. */
async function replayOf(gpu: Gpu, { shape, tile, storage, buffers }: Timed) {
  const plan = await new PlanBuilder(gpu)
    .add(matmul(shape, { kind: 'store' }, tile, storage), buffers)
    .build();
  const { queue } = gpu.device;
  return async (times: number): Promise<number> => {
    const start = performance.now();
    const encoder = gpu.device.createCommandEncoder({ label: 'tuner' });
    const pass = encoder.beginComputePass();
    for (let i = 0; i < times; i++) plan.encode(pass);
    pass.end();
    queue.submit([encoder.finish()]);
    await queue.onSubmittedWorkDone();
    gpu.check();
    return performance.now() - start;
  };
}

/** Milliseconds of one product for each candidate: the least of rounds that go through all of them in turn. */
async function timeAll(runs: readonly ((times: number) => Promise<number>)[]): Promise<number[]> {
  const once = (await runs[0]!(16)) / 16;
  const times = Math.max(1, Math.min(1000, Math.round(TIMING_MS / once)));
  const least = runs.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, run] of runs.entries()) {
      least[index] = Math.min(least[index]!, (await run(times)) / times);
    }
  }
  return least;
}

async function during(ms: number, work: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < ms) await work();
}
