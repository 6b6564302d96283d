// Settings that learn something: on a CPU, on a laptop, on a desktop GPU.

import type { ModelConfig, RunConfig, TrainingConfig } from './config.ts';

export type PresetName = 'tiny' | 'small' | 'medium';

const shared = {
  vocabSize: 256,
  linearBias: true,
  initialisation: 'released',
  dropout: 0,
} as const satisfies Partial<ModelConfig>;

const recipe = {
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

export const presets: Readonly<Record<PresetName, RunConfig>> = {
  tiny: {
    name: 'Tiny',
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
