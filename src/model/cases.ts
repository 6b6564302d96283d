// Whole-model cases: the WebGPU engine against the float64 reference on the same weights, for every pattern and
// form. Run by transformer.gpu.test.ts in Chromium and by `weft check` on any GPU.

import type { Gpu } from '../gpu/device.ts';
import { type CaseResult, judge, type Measure, relativeError } from '../kernels/cases/index.ts';
import { type DecodeVariant, kernelVariants } from '../kernels/index.ts';
import { normal } from '../lib/random.ts';
import type { Factor } from '../patterns/index.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import { readoutMeasures, watchMeasures } from './cases/readout.ts';
import { differences, samplingMeasures, worst } from './cases/sampling.ts';
import type { ModelConfig } from './config.ts';
import type { Engine, EngineShape, OptimizerState, TrainStepRequest } from './engine.ts';
import { initialParameters, parameterLayout } from './parameters.ts';
import { createWebGpuEngine, type WebGpuEngineOptions } from './transformer.ts';

export interface ModelCase {
  readonly name: string;
  readonly config: ModelConfig;
  readonly shape: EngineShape;
  readonly options?: WebGpuEngineOptions;
  /** Sampling alone, so many sequences at once, in this way; otherwise two, in the way that suits the adapter. */
  readonly decode?: DecodeVariant & { readonly samples: number };
  /** Left to runs on a GPU: a software adapter would take minutes. */
  readonly gpuOnly?: boolean;
}

/**
 * Relative errors allowed: of tensors against the reference (of the worst parameter's, for gradients), and of the third
 * step's loss.
 */
const LIMITS = {
  float32: { logits: 2e-6, losses: 2e-6, gradient: 5e-6, thirdLoss: 1e-5 },
  // float16 has steps of a thousandth.
  mixed: { logits: 2e-3, losses: 2e-3, gradient: 2e-2, thirdLoss: 2e-3 },
};

const layers: Readonly<Record<string, readonly (readonly (readonly Factor[])[])[]>> = {
  dense: [[['dense']]],
  local: [[['local']]],
  'strided interleaved': [[['column']], [['local']]],
  'strided merged': [[['local', 'column']]],
  'strided multi-head': [[['local'], ['column']]],
  'fixed interleaved': [[['ownBlock']], [['summary']]],
  'fixed merged': [[['ownBlock', 'summary']]],
  'window with sinks': [[['local', 'sink']]],
  'blocks and gaps': [[['ownBlock', 'previousBlock', 'summary'], ['dilated']], [['previousBlock']]],
  'fixed multi-head, with a dense head': [[['ownBlock'], ['summary'], ['dense']]],
};

/** A small model whose length divides by neither stride nor tile. */
function smallModel(
  attention: ModelConfig['attention']['layers'],
  { stride = 7, ...changes }: Partial<ModelConfig> & { readonly stride?: number } = {},
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
    attention: { stride, summaryCells: 2, layers: attention },
    positions: { kind: 'attention', stride },
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
  // Two ranges of 256 and 104 rows, of which the border lies within a window.
  ...[true, false].map((recompute) => ({
    name: `ranges of tokens, ${recompute ? 'recomputed' : 'kept'}`,
    config: smallModel([[['local', 'column']]], { contextLength: 90, dropout: 0.25 }),
    shape: { microBatch: 4, accumulation: 1, recompute },
    options: { rangeRows: 256 },
  })),
  ...(['strided merged', 'fixed multi-head, with a dense head'] as const).map((name, index) => ({
    name: `mixed precision, ${name}`,
    config: smallModel(layers[name]!, { dropout: index === 0 ? 0.25 : 0, linearBias: index === 0 }),
    shape: {
      microBatch: 2,
      accumulation: 1 + index,
      recompute: index === 0,
      precision: 'mixed' as const,
    },
  })),
  {
    name: 'mixed precision, ranges of tokens',
    config: smallModel([[['local', 'column']]], { contextLength: 90 }),
    shape: { microBatch: 4, accumulation: 1, recompute: true, precision: 'mixed' },
    options: { rangeRows: 256 },
  },
  {
    // 16 and 32 features, which subgroup matrices serve.
    name: 'mixed precision, wider heads',
    config: smallModel(layers['strided merged']!, { nHead: 2, dModel: 64, dQueryKey: 32 }),
    shape: { microBatch: 2, accumulation: 1, recompute: false, precision: 'mixed' },
  },
  {
    name: 'more keys than a GPU decodes at a time',
    config: smallModel([[['dense'], ['local']]], { contextLength: 600, nLayer: 1, stride: 300 }),
    shape: { microBatch: 1, accumulation: 1, recompute: false },
    gpuOnly: true,
  },
  {
    // More keys than the decoder takes at a time, and heads wider than a workgroup.
    name: 'long and wide',
    config: smallModel([[['dense'], ['local']]], {
      contextLength: 100,
      nLayer: 1,
      nHead: 2,
      dModel: 136,
      stride: 70,
    }),
    shape: { microBatch: 1, accumulation: 1, recompute: false },
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
  ...decodeCases(),
];

/** Sampling in ways that a software adapter is not given by itself: every pattern, and other widths. */
function decodeCases(): ModelCase[] {
  const shape = { microBatch: 1, accumulation: 1, recompute: true };
  const ways: readonly (DecodeVariant & { readonly samples: number })[] = [
    // Fewer samples in the last batch; a head's keys in a few parts, or in many; several samples a thread.
    { samples: 5, threads: 32, batch: 2, fused: { chunk: 16, attending: 64, slice: 8 } },
    { samples: 3, threads: 64, batch: 4, fused: { chunk: 8, attending: 200, slice: 16 } },
    { samples: 6, threads: 16, batch: 8, fused: { chunk: 1000, attending: 1, slice: 32 } },
  ];
  const configs: readonly (readonly [string, ModelConfig])[] = [
    ...Object.entries(layers).map(([name, attention]) => [name, smallModel(attention)] as const),
    [
      'image positions, full-size keys, no biases',
      smallModel([[['column']], [['local']]], {
        positions: { kind: 'image', height: 13, width: 1, channels: 3 },
        ...{ dQueryKey: 32, dFF: 60, linearBias: false },
      }),
    ],
    [
      'wide heads',
      smallModel([[['dense'], ['local']]], { nLayer: 1, nHead: 2, dModel: 136, dQueryKey: 136 }),
    ],
  ];
  const fused = configs.map(([name, config], index): ModelCase => {
    const way = ways[index % ways.length]!;
    return {
      name: `fused decoding, ${name}`,
      config,
      shape,
      decode: { ...way, threads: config.dModel > 64 ? 64 : way.threads },
    };
  });
  const spread = { samples: 5, threads: 256, batch: 4, fused: null };
  const [name, config] = configs[3]!;
  return [...fused, { name: `decoding by matrices, ${name}`, config, shape, decode: spread, gpuOnly: true }];
}

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

/** Both engines with the same weights. */
interface Engines {
  readonly engine: Engine;
  readonly reference: Engine;
  readonly state: OptimizerState;
  readonly tokens: Uint8Array;
}

export async function runModelCase(gpu: Gpu, modelCase: ModelCase): Promise<CaseResult> {
  const { name, config, shape, options, decode } = modelCase;
  const decoded = decode && { variants: { ...kernelVariants(gpu.profile), decode } };
  const engine = await createWebGpuEngine(gpu, config, shape, { ...options, ...decoded });
  try {
    const reference = new ReferenceEngine(config, shape, 'float64');
    const state = livelyState(config);
    engine.writeState(state);
    reference.writeState(state);
    const tokens = livelyTokens(shape.accumulation * shape.microBatch * config.contextLength);
    const engines = { engine, reference, state, tokens };
    if (decode) {
      return judge(name, [
        ...(await samplingMeasures(engines, decode.samples)),
        ...(await watchMeasures(engines)),
      ]);
    }
    return judge(name, [
      ...(await tensorMeasures(engines)),
      ...(await samplingMeasures(engines, 2)),
      ...(await readoutMeasures(engines)),
      ...(await trainingMeasures(engines)),
    ]);
  } finally {
    engine.destroy();
  }
}

/** Logits, losses and gradients against the reference. */
async function tensorMeasures({ engine, reference, tokens }: Engines): Promise<Measure[]> {
  const request = { step: 3, seed: 5, tokens };
  const [ours, theirs] = [await engine.gradients(request), await reference.gradients(request)];
  const gradients = engine.layout.parameters.map(({ offset, size }) =>
    relativeError(ours.subarray(offset, offset + size), theirs.subarray(offset, offset + size)),
  );
  return [
    {
      what: 'error of the logits',
      value: relativeError(await engine.logits(tokens), await reference.logits(tokens)),
      limit: limitsOf(engine).logits,
    },
    {
      what: 'error of the losses',
      value: relativeError(await engine.losses(tokens), await reference.losses(tokens)),
      limit: limitsOf(engine).losses,
    },
    { what: 'error of the worst gradient', value: worst(gradients), limit: limitsOf(engine).gradient },
  ];
}

/** Three steps, twice from the same state, and once by the reference. */
async function trainingMeasures({ engine, reference, state, tokens }: Engines): Promise<Measure[]> {
  const runs: { losses: number[]; arenas: Float32Array[] }[] = [];
  for (let run = 0; run < 2; run++) {
    engine.writeState(state);
    const steps = [0, 1, 2].map((step) => engine.trainStep(trainRequest(step, tokens)));
    const losses = (await Promise.all(steps)).map(({ loss }) => loss);
    const { parameters, m, v } = await engine.readState();
    runs.push({ losses, arenas: [Float32Array.from(losses), parameters, m, v] });
  }
  const [once, again] = runs.map(({ arenas }) => arenas);
  const different = once!.reduce((sum, arena, i) => sum + differences(arena, again![i]!), 0);
  let thirdLoss = 0;
  for (const step of [0, 1, 2]) thirdLoss = (await reference.trainStep(trainRequest(step, tokens))).loss;
  return [
    { what: 'numbers that a second run made otherwise', value: different, limit: 0 },
    {
      what: "error of the third step's loss",
      value: relativeError([runs[0]!.losses[2]!], [thirdLoss]),
      limit: limitsOf(engine).thirdLoss,
    },
  ];
}

const limitsOf = ({ shape }: Engine) => LIMITS[shape.precision ?? 'float32'];

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
