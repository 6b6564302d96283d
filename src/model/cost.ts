// What a run costs, told before anything is allocated: parameters, memory, arithmetic, and what the pattern saves.

import { densePairs, headGroupPairs } from '../patterns/index.ts';
import { headGroups, type ModelConfig, type RunConfig } from './config.ts';
import { parameterLayout } from './parameters.ts';
import { configProblems } from './validate.ts';

export interface Preflight {
  readonly parameters: number;
  readonly memoryBytes: number;
  readonly tokensPerStep: number;
  readonly flopsPerStep: number;
  /** Attention work of dense attention divided by this pattern's. */
  readonly attentionSaving: number;
  /** Sentences that say why it cannot run; empty when it can. */
  readonly problems: readonly string[];
}

/** What the engine at hand can do. */
export interface EngineLimits {
  readonly engine: 'webgpu' | 'reference';
  readonly maxBufferBytes: number;
}

/** A step of the reference engine above this would take most of a minute. */
const REFERENCE_FLOPS_PER_STEP = 5e10;

const billions = (value: number) => (value / 1e9).toFixed(value < 1e10 ? 1 : 0);

/** Query-key pairs of one window over all layers and heads. */
export function attentionPairs(config: ModelConfig): number {
  let pairs = 0;
  for (let layer = 0; layer < config.nLayer; layer++) {
    for (const group of headGroups(config, layer)) pairs += headGroupPairs(group, config.contextLength);
  }
  return pairs;
}

/** Floating-point operations of the forward pass of one window. */
export function forwardFlops(config: ModelConfig): number {
  const { contextLength, nLayer, nHead, dModel, dFF, dQueryKey, vocabSize } = config;
  const perLayer = dModel * (2 * dQueryKey + dModel) + dModel * dModel + 2 * dModel * dFF;
  const linear = contextLength * (nLayer * perLayer + dModel * vocabSize);
  const attention = (attentionPairs(config) * (dQueryKey + dModel)) / nHead;
  return 2 * (linear + attention);
}

/** Numbers kept for each byte of a micro-batch between forward and backward pass, and the backward pass's own. */
function activationFloats(config: ModelConfig, recompute: boolean): number {
  const { nLayer, nHead, dModel, dFF, dQueryKey, vocabSize } = config;
  const block = 6 * dModel + 2 * dQueryKey + 2 * dFF + nHead;
  const kept = recompute ? nLayer * dModel + block : nLayer * block;
  const gradients = 3 * dModel + 2 * dQueryKey + 2 * dFF;
  return kept + gradients + 2 * vocabSize;
}

/**
 * The cost of a run's training. Memory is an estimate: parameters, gradient, both moments and the activations of one
 * micro-batch. Arithmetic counts the backward pass as two forward passes, and recomputation as another.
 */
export function preflight({ model, training }: RunConfig, limits: EngineLimits): Preflight {
  const problems = configProblems(model);
  if (problems.length > 0) {
    const nothing = { parameters: 0, memoryBytes: 0, tokensPerStep: 0, flopsPerStep: 0, attentionSaving: 1 };
    return { ...nothing, problems };
  }
  const { contextLength, nLayer, nHead, dModel, dFF, dQueryKey, vocabSize } = model;
  const { microBatch, accumulation, recompute } = training;
  const layout = parameterLayout(model);
  const rows = microBatch * contextLength;
  const memoryBytes = 4 * (4 * layout.arenaSize + rows * activationFloats(model, recompute));
  const windows = microBatch * accumulation;
  const flopsPerStep = (recompute ? 4 : 3) * windows * forwardFlops(model);

  const perRow = Math.max(vocabSize, dFF, 2 * dQueryKey + dModel);
  if (4 * layout.arenaSize > limits.maxBufferBytes) {
    problems.push(
      `The parameters need a buffer of ${billions(4 * layout.arenaSize)} GB; this GPU allows ` +
        `${billions(limits.maxBufferBytes)} GB. Choose fewer layers or a smaller dModel.`,
    );
  }
  if (4 * rows * perRow > limits.maxBufferBytes) {
    problems.push(
      `A micro-batch of ${microBatch} windows needs a buffer of ${billions(4 * rows * perRow)} GB; this GPU ` +
        `allows ${billions(limits.maxBufferBytes)} GB. Choose a smaller micro-batch and more accumulation, or a shorter context.`,
    );
  }
  if (limits.engine === 'reference' && flopsPerStep > REFERENCE_FLOPS_PER_STEP) {
    problems.push(
      `Without WebGPU the model runs on the CPU alone, where a step of ${billions(flopsPerStep)} billion ` +
        'operations takes too long. Choose the tiny preset, or a browser with WebGPU.',
    );
  }
  return {
    parameters: layout.count,
    memoryBytes,
    tokensPerStep: windows * contextLength,
    flopsPerStep,
    attentionSaving: (nLayer * nHead * densePairs(contextLength)) / attentionPairs(model),
    problems,
  };
}
