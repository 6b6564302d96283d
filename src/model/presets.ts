// Settings that learn something, for each medium: on a CPU, on a laptop, on a desktop GPU.

import { itemBytes, type Medium, TEXT } from '../data/medium.ts';
import type { AttentionConfig, ModelConfig, PositionEmbedding, RunConfig, TrainingConfig } from './config.ts';

export type PresetName = 'tiny' | 'small' | 'medium';

const shared = {
  vocabSize: 256,
  linearBias: true,
  initialisation: 'released',
  dropout: 0,
} as const satisfies Partial<ModelConfig>;

const recipe = {
  minutes: 0,
  seed: 1,
  accumulation: 1,
  recompute: false,
  precision: 'float32',
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
} as const satisfies Partial<TrainingConfig>;

/** For text. */
export const presets: Readonly<Record<PresetName, RunConfig>> = {
  tiny: {
    name: 'Tiny',
    medium: TEXT,
    model: {
      ...shared,
      contextLength: 128,
      nLayer: 2,
      nHead: 2,
      dModel: 32,
      dFF: 128,
      dQueryKey: 32,
      attention: { stride: 16, summaryCells: 4, layers: [[['local', 'column']]] },
      positions: { kind: 'attention', stride: 16 },
    },
    training: {
      ...recipe,
      steps: 1000,
      microBatch: 8,
      learningRate: 3e-3,
      warmupSteps: 50,
      evaluateEvery: 100,
      sampleEvery: 200,
    },
  },
  small: {
    name: 'Small',
    medium: TEXT,
    model: {
      ...shared,
      contextLength: 512,
      nLayer: 5,
      nHead: 4,
      dModel: 128,
      dFF: 512,
      dQueryKey: 128,
      attention: { stride: 32, summaryCells: 8, layers: [[['ownBlock', 'summary']]] },
      positions: { kind: 'attention', stride: 32 },
    },
    training: {
      ...recipe,
      steps: 3000,
      microBatch: 16,
      learningRate: 1e-3,
      warmupSteps: 100,
      evaluateEvery: 200,
      sampleEvery: 500,
    },
  },
  medium: {
    name: 'Medium',
    medium: TEXT,
    model: {
      ...shared,
      contextLength: 1024,
      nLayer: 6,
      nHead: 8,
      dModel: 256,
      dFF: 1024,
      dQueryKey: 256,
      attention: { stride: 64, summaryCells: 16, layers: [[['ownBlock', 'summary']]] },
      positions: { kind: 'attention', stride: 64 },
    },
    training: {
      ...recipe,
      steps: 10_000,
      microBatch: 8,
      learningRate: 6e-4,
      warmupSteps: 300,
      evaluateEvery: 250,
      sampleEvery: 1000,
    },
  },
};

/** What a preset's size means where a window is a picture, or a stretch of sound. */
interface Size {
  readonly nLayer: number;
  readonly nHead: number;
  readonly dModel: number;
  /** Bytes of sound in a window, a square number. */
  readonly soundBytes: number;
  /** Windows a step at most, and about how many bytes: pictures differ a thousandfold in size. */
  readonly windows: number;
  readonly stepBytes: number;
}

const sizes: Readonly<Record<PresetName, Size>> = {
  tiny: { nLayer: 2, nHead: 2, dModel: 32, soundBytes: 256, windows: 8, stepBytes: 2 ** 11 },
  small: { nLayer: 4, nHead: 4, dModel: 128, soundBytes: 1024, windows: 16, stepBytes: 2 ** 14 },
  medium: { nLayer: 8, nHead: 8, dModel: 256, soundBytes: 4096, windows: 16, stepBytes: 2 ** 15 },
};

/**
 * A preset for a medium. Pictures and sound take the strided pattern: a picture's stride is one row of sub-pixels
 * (paper section 4.3), that of sound the square root of the context (section 4.2).
 */
export function presetFor(medium: Medium, name: PresetName): RunConfig {
  if (medium.kind === 'text') return presets[name];
  const { model, training, name: title } = presets[name];
  const { nLayer, nHead, dModel, soundBytes, windows, stepBytes } = sizes[name];
  const isImage = medium.kind === 'image';
  const contextLength = isImage ? itemBytes(medium) : soundBytes;
  return {
    name: title,
    medium,
    model: {
      ...model,
      ...{ contextLength, nLayer, nHead, dModel },
      // The paper's model of CIFAR-10 has half-size feed-forward and query/key projections.
      dFF: isImage ? 2 * dModel : 4 * dModel,
      dQueryKey: isImage ? dModel / 2 : dModel,
      attention: stridedAttention(medium, soundBytes),
      positions: positionsFor(medium, soundBytes),
    },
    training: {
      ...training,
      microBatch: Math.max(1, Math.min(windows, Math.floor(stepBytes / contextLength))),
    },
  };
}

function stridedAttention(medium: Medium, soundBytes: number): AttentionConfig {
  if (medium.kind !== 'image') {
    // Section 5.1: for very long sequences, one factor a layer.
    return { stride: Math.sqrt(soundBytes), summaryCells: 1, layers: [[['local']], [['column']]] };
  }
  // The released code's models of pictures: every fourth layer looks along the column, the others along the row.
  const layers: AttentionConfig['layers'] = [[['column']], [['local']], [['local']], [['local']]];
  return { stride: medium.width * medium.channels, summaryCells: 1, layers };
}

function positionsFor(medium: Medium, soundBytes: number): PositionEmbedding {
  if (medium.kind !== 'image') return { kind: 'attention', stride: Math.sqrt(soundBytes) };
  const { height, width, channels } = medium;
  return { kind: 'image', height, width, channels };
}
