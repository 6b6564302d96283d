// Finds out, on the adapter at hand, which of a few kernels is fastest for matrix products. Products come in six classes:
// forward, and gradients of inputs and of weights, each with a narrow and with a wide output; a product that stands for
// its class, with what follows it in a model where that matters, is timed with every kernel. What comes of it is a choice by class, which kernelVariants follows.

import { type DeviceProfile, Gpu } from '../gpu/device.ts';
import { PlanBuilder } from '../gpu/plan.ts';
import {
  type Epilogue,
  type MatmulShape,
  type MatmulVariant,
  matmul,
  matmulCandidates,
  productClass,
  type Storage,
  splitParts,
  type VariantProfile,
  variantName,
} from '../kernels/index.ts';
import { elapsed, warmUp } from './timing.ts';
import { chosen, type Tuning, type TuningStep } from './tuning.ts';

/** Which candidate is fastest, by `${storage} ${class}`. */
export type Choices = Readonly<Record<string, number>>;

/** A class that is to be measured. */
export interface TuningItem {
  readonly storage: Storage;
  readonly product: string;
  readonly shape: MatmulShape;
  readonly epilogue: Epilogue;
  readonly candidates: readonly MatmulVariant[];
}

/** Shapes of a model of width 256 over 8,192 tokens: a narrow and a wide output of each kind. */
const hardware: readonly MatmulShape[] = [
  { M: 8192, N: 256, K: 1024 },
  { M: 8192, N: 1024, K: 256 },
  { M: 8192, N: 256, K: 1024, transposeB: true },
  { M: 8192, N: 1024, K: 256, transposeB: true },
  { M: 256, N: 256, K: 8192, transposeA: true, parts: splitParts(256, 256, 8192) },
  { M: 1024, N: 1024, K: 8192, transposeA: true, parts: splitParts(1024, 1024, 8192) },
];
/** Shapes of the tiny preset, which is what a CPU can bear: all are narrow. */
const software: readonly MatmulShape[] = [
  { M: 512, N: 64, K: 256 },
  { M: 512, N: 64, K: 256, transposeB: true },
  { M: 64, N: 64, K: 512, transposeA: true, parts: splitParts(64, 64, 512) },
];

/** How long one timing repeats its product, about: a browser's clock may go in tenths of a millisecond. */
const TIMING_MS = 12;
const ROUNDS = 3;

/** What there is to measure on an adapter, in the order in which `tune` goes about it. */
export function tuningItems(profile: VariantProfile): readonly TuningItem[] {
  const shapes = profile.software ? software : hardware;
  return (['full', 'packed'] as const).flatMap((storage) =>
    shapes.map((shape) => {
      const epilogue = epilogueOf(shape);
      return {
        storage,
        product: productClass(shape, epilogue.kind),
        shape,
        epilogue,
        candidates: matmulCandidates(profile, storage, shape, epilogue.kind),
      };
    }),
  );
}

/** What follows a product in a model, as far as it needs no more than that: of gradients, the wide one is through GELU. */
function epilogueOf({ M, N, transposeB }: MatmulShape): Epilogue {
  return { kind: !transposeB ? 'store' : Math.min(M, N) > 512 ? 'geluBackward' : 'keep' };
}

/** Measures, on an idle GPU, and yields each class as it is done. */
export async function* tune(gpu: Gpu): AsyncGenerator<TuningStep> {
  const items = tuningItems(gpu.profile);
  const largest = Math.max(...items.map(({ shape: { M, N, parts = 1 } }) => M * N * parts));
  const inputs = Math.max(...items.map(({ shape: { M, N, K } }) => Math.max(M * K, K * N)));
  const buffers = {
    a: gpu.storage('tuner.a', inputs * 4),
    b: gpu.storage('tuner.b', inputs * 4),
    out: gpu.storage('tuner.out', largest * 4),
    preActivation: gpu.storage('tuner.preActivation', largest * 4),
  };
  try {
    for (const { storage, product, shape, epilogue, candidates } of items) {
      const runs = await Promise.all(
        candidates.map((variant) => replayOf(gpu, { shape, epilogue, variant, storage, buffers })),
      );
      await warmUp(gpu, () => runs[0]!(8));
      const { M, N, K } = shape;
      const kernels = candidates.map(variantName);
      yield { storage, product, shape: { M, N, K }, kernels, ms: await timeAll(runs) };
    }
  } finally {
    for (const buffer of Object.values(buffers)) gpu.release(buffer);
  }
}

/** What kernelVariants is to follow: of steps that were taken among the same kernels as there are now. */
export function choicesOf(profile: VariantProfile, steps: readonly TuningStep[]): Choices {
  const now = new Map(
    tuningItems(profile).map(({ storage, product, candidates }) => [
      `${storage} ${product}`,
      candidates.map(variantName).join(),
    ]),
  );
  return Object.fromEntries(
    steps
      .map((step) => [`${step.storage} ${step.product}`, step] as const)
      .filter(([key, step]) => now.get(key) === step.kernels.join())
      .map(([key, step]) => [key, chosen(step)]),
  );
}

/** The choices of what is kept of an adapter; undefined where there are none, or they are not to be followed. */
export function choicesToFollow(profile: VariantProfile, kept: Tuning | undefined): Choices | undefined {
  const choices = kept?.on ? choicesOf(profile, kept.steps) : {};
  return Object.keys(choices).length > 0 ? choices : undefined;
}

/** A device of its own to tune on, without what was chosen before. */
export interface Tuner {
  readonly profile: DeviceProfile;
  readonly items: readonly Pick<TuningItem, 'storage' | 'product' | 'shape'>[];
  steps(): AsyncGenerator<TuningStep>;
  /** Ends at once: the step under way rejects. */
  close(): void;
}

/** Throws an `EngineError` 'no-webgpu' where there is no adapter. */
export async function openTuner(webgpu: GPU | undefined): Promise<Tuner> {
  const gpu = await Gpu.open(webgpu);
  return {
    profile: gpu.profile,
    items: tuningItems(gpu.profile),
    steps: () => tune(gpu),
    close: () => gpu.destroy(),
  };
}

interface Timed {
  readonly shape: MatmulShape;
  readonly epilogue: Epilogue;
  readonly variant: MatmulVariant;
  readonly storage: Storage;
  readonly buffers: Readonly<Record<'a' | 'b' | 'out' | 'preActivation', GPUBuffer>>;
}

/** A function that runs a product so many times and resolves, when the GPU is done, with milliseconds. */
async function replayOf(gpu: Gpu, { shape, epilogue, variant, storage, buffers }: Timed) {
  const { preActivation, ...plain } = buffers;
  const plan = await new PlanBuilder(gpu)
    .add(
      matmul(shape, epilogue, variant, storage),
      epilogue.kind === 'geluBackward' ? { ...plain, preActivation } : plain,
    )
    .build();
  return (times: number): Promise<number> =>
    elapsed(gpu, () => {
      const encoder = gpu.device.createCommandEncoder({ label: 'tuner' });
      const pass = encoder.beginComputePass();
      for (let i = 0; i < times; i++) plan.encode(pass);
      pass.end();
      gpu.device.queue.submit([encoder.finish()]);
    });
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
