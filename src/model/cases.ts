// Whole-model cases: the WebGPU engine against the float64 reference on the same weights, for every pattern and
// form. Run by transformer.gpu.test.ts in Chromium and by `weft check` on any GPU.

import type { Gpu } from '../gpu/device.ts';
import { relativeError } from '../kernels/cases/index.ts';
import { normal } from '../lib/random.ts';
import type { Factor } from '../patterns/index.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import type { ModelConfig } from './config.ts';
import type { EngineShape, OptimizerState, TrainStepRequest } from './engine.ts';
import { initialParameters, parameterLayout } from './parameters.ts';
import { createWebGpuEngine, type WebGpuEngineOptions } from './transformer.ts';

export interface ModelCase {
  readonly name: string;
  readonly config: ModelConfig;
  readonly shape: EngineShape;
  readonly options?: WebGpuEngineOptions;
}

export interface ModelResult {
  /** Relative errors against the reference. */
  readonly logits: number;
  readonly losses: number;
  /** The worst parameter tensor's. */
  readonly gradient: number;
  /** Of the cached sampler's logits against the full forward pass over the same bytes, on the same engine. */
  readonly cache: number;
  /** Both engines drew the same bytes. */
  readonly sameBytes: boolean;
  /** Three steps run twice from the same state end in the same bits. */
  readonly repeatable: boolean;
  /** Loss of the third step, relative to the reference's. */
  readonly thirdLoss: number;
}

const layers: Readonly<Record<string, readonly (readonly (readonly Factor[])[])[]>> = {
  dense: [[['dense']]],
  local: [[['local']]],
  'strided interleaved': [[['column']], [['local']]],
  'strided merged': [[['local', 'column']]],
  'strided multi-head': [[['local'], ['column']]],
  'fixed interleaved': [[['ownBlock']], [['summary']]],
  'fixed merged': [[['ownBlock', 'summary']]],
  'fixed multi-head, with a dense head': [[['ownBlock'], ['summary'], ['dense']]],
};

/** A small model whose length divides by neither stride nor tile. */
function smallModel(
  attention: ModelConfig['attention']['layers'],
  changes: Partial<ModelConfig> = {},
): ModelConfig {
  return {
    vocabSize: 256,
    contextLength: 39,
    nLayer: 2,
    nHead: 4,
    dModel: 32,
    dFF: 64,
    dQueryKey: 16,
    linearBias: true,
    attention: { stride: 7, summaryCells: 2, layers: attention },
    positions: { kind: 'attention', stride: 7 },
    initialisation: 'released',
    dropout: 0,
    ...changes,
  };
}

export const modelCases: readonly ModelCase[] = [
  ...Object.entries(layers).map(([name, attention], index) => ({
    name,
    config: smallModel(attention),
    shape: { microBatch: 2, accumulation: 1, recompute: index % 2 === 0 },
  })),
  {
    name: 'dropout under recomputation, two micro-batches',
    config: smallModel([[['local', 'column']]], { dropout: 0.25, nLayer: 3 }),
    shape: { microBatch: 1, accumulation: 2, recompute: true },
  },
  {
    name: 'image positions, full-size keys, no biases',
    config: smallModel([[['column']], [['local']]], {
      positions: { kind: 'image', height: 13, width: 1, channels: 3 },
      dQueryKey: 32,
      linearBias: false,
    }),
    shape: { microBatch: 3, accumulation: 1, recompute: false },
  },
];

/** Weights with every tensor away from zero, so that no gradient is trivially zero. */
export function livelyState(config: ModelConfig): OptimizerState {
  const layout = parameterLayout(config);
  const parameters = initialParameters(layout, 7);
  for (const [index, { offset, size }] of layout.parameters.entries()) {
    for (let i = 0; i < size; i++) parameters[offset + i]! += 0.1 * normal(3, 0x11fe, index, i);
  }
  return { parameters, m: new Float32Array(layout.arenaSize), v: new Float32Array(layout.arenaSize) };
}

/** Bytes without a plain period. */
export function livelyTokens(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => ((i * i * 31 + i * 7) % 97) + (i % 3) * 50);
}

export async function runModelCase(gpu: Gpu, { config, shape, options }: ModelCase): Promise<ModelResult> {
  const engine = await createWebGpuEngine(gpu, config, shape, options);
  const reference = new ReferenceEngine(config, shape, 'float64');
  try {
    const { contextLength } = config;
    const tokens = livelyTokens(shape.accumulation * shape.microBatch * contextLength);
    const state = livelyState(config);
    engine.writeState(state);
    reference.writeState(state);
    const logits = relativeError(await engine.logits(tokens), await reference.logits(tokens));
    const losses = relativeError(await engine.losses(tokens), await reference.losses(tokens));
    const request = { step: 3, seed: 5, tokens };
    const [ours, theirs] = [await engine.gradients(request), await reference.gradients(request)];
    const gradient = engine.layout.parameters.reduce((worst, { offset, size }) => {
      const [part, expected] = [ours, theirs].map((arena) => arena.subarray(offset, offset + size));
      return Math.max(worst, relativeError(part!, expected!));
    }, 0);

    const settings = {
      samples: 2,
      seed: 11,
      temperature: 1,
      topK: 40,
      topP: 0.9,
      prompt: Uint8Array.of(72, 101),
    };
    const [sampler, expectedSampler] = [
      await engine.createSampler(settings),
      await reference.createSampler(settings),
    ];
    const drawn = await sampler.next(contextLength);
    const expectedBytes = await expectedSampler.next(contextLength);
    const cached = await sampler.logits();
    sampler.destroy();
    expectedSampler.destroy();
    const windows = new Uint8Array(2 * contextLength);
    for (const [sample, bytes] of drawn.entries())
      windows.set([...settings.prompt, ...bytes], sample * contextLength);
    const full = await engine.logits(windows);
    const lastRows = [0, 1].flatMap((sample) => [
      ...full.subarray(((sample + 1) * contextLength - 1) * 256, (sample + 1) * contextLength * 256),
    ]);

    const runs: { losses: number[]; state: OptimizerState }[] = [];
    for (let run = 0; run < 2; run++) {
      engine.writeState(state);
      const steps = [0, 1, 2].map((step) => engine.trainStep(trainRequest(step, tokens)));
      const metrics = await Promise.all(steps);
      runs.push({ losses: metrics.map(({ loss }) => loss), state: await engine.readState() });
    }
    let thirdLoss = 0;
    for (const step of [0, 1, 2]) thirdLoss = (await reference.trainStep(trainRequest(step, tokens))).loss;
    return {
      logits,
      losses,
      gradient,
      cache: relativeError(cached, lastRows),
      sameBytes: drawn.every((bytes, sample) => bytes.join() === expectedBytes[sample]!.join()),
      repeatable: JSON.stringify(runs[0]) === JSON.stringify(runs[1]),
      thirdLoss: Math.abs(runs[0]!.losses[2]! - thirdLoss) / thirdLoss,
    };
  } finally {
    engine.destroy();
  }
}

function trainRequest(step: number, tokens: Uint8Array): TrainStepRequest {
  return {
    step,
    seed: 5,
    tokens,
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.99,
    eps: 1e-8,
    weightDecay: 0.01,
    clipNorm: 1,
  };
}
