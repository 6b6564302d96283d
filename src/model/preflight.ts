// What a run would cost on the engine at hand, and why it cannot run there.

import { densePairs } from '../patterns/index.ts';
import type { RunConfig } from './config.ts';
import { attentionPairs, forwardFlops, type Preflight } from './cost.ts';
import { parameterLayout } from './parameters.ts';
import { mediumProblem } from './parse.ts';
import { trainingMemory } from './tensors.ts';
import { configProblems } from './validate.ts';

/** What the engine at hand can do. */
export interface EngineLimits {
  readonly engine: 'webgpu' | 'reference';
  readonly maxBufferBytes: number;
}

/** A step of the reference engine above this would take most of a minute. */
const REFERENCE_FLOPS_PER_STEP = 5e10;
/** It computes a window without a pause, and who pauses for ten seconds is taken for hung. */
const REFERENCE_FLOPS_PER_WINDOW = 2e9;

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB`;

/** The cost of a run. The backward pass counts as two forward passes, and recomputation as another. */
export function preflight({ medium, model, training }: RunConfig, limits: EngineLimits): Preflight {
  const problems = configProblems(model);
  if (problems.length > 0) {
    const nothing = { parameters: 0, memoryBytes: 0, tokensPerStep: 0, flopsPerStep: 0, attentionSaving: 1 };
    return { ...nothing, problems };
  }
  const unreadable = mediumProblem(medium, model);
  if (unreadable !== undefined) problems.push(unreadable);
  const { contextLength, nLayer, nHead } = model;
  const { microBatch, accumulation, recompute } = training;
  const { bytes: memoryBytes, largestBytes } = trainingMemory(model, training);
  const windows = microBatch * accumulation;
  const flopsPerStep = (recompute ? 4 : 3) * windows * forwardFlops(model);

  if (largestBytes > limits.maxBufferBytes) {
    problems.push(
      `This run needs a buffer of ${mebibytes(largestBytes)}, and ${mebibytes(memoryBytes)} in all; a buffer has at ` +
        `most ${mebibytes(limits.maxBufferBytes)} here. Choose a smaller micro-batch, context or width.`,
    );
  }
  if (limits.engine === 'reference' && flopsPerStep > REFERENCE_FLOPS_PER_STEP) {
    problems.push(
      `Without WebGPU the model runs on the CPU alone, where ${(flopsPerStep / 1e9).toFixed(0)} billion operations ` +
        'a step take too long. Choose the tiny preset or a smaller micro-batch.',
    );
  } else if (limits.engine === 'reference' && flopsPerStep / windows > REFERENCE_FLOPS_PER_WINDOW) {
    problems.push(
      'Without WebGPU the model runs on the CPU alone, where one window of this model takes too long. ' +
        'Choose the tiny preset or a shorter context.',
    );
  }
  return {
    parameters: parameterLayout(model).count,
    memoryBytes,
    tokensPerStep: windows * contextLength,
    flopsPerStep,
    attentionSaving: (nLayer * nHead * densePairs(contextLength)) / attentionPairs(model),
    problems,
  };
}
