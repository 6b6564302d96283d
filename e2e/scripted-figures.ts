// The figures of a scripted run: a curve that falls as curves do, and what a run would cost.

import { attentionPairs, forwardFlops } from '../src/model/cost.ts';
import { parameterLayout } from '../src/model/parameters.ts';
import { configProblems } from '../src/model/validate.ts';
import { densePairs, type Factor } from '../src/patterns/index.ts';
import type { Preflight, RunConfig, StepEvent } from '../src/protocol/index.ts';

const wobble = (seed: number) => Math.sin(seed * 12.9898) * 0.5 + Math.sin(seed * 78.233) * 0.5;
export const curve = (at: number, floor: number) => floor + (8 - floor) * (1 + at / 18) ** -0.9;
/** What a run comes to in the end, by the factor that decides. */
const FLOORS: Partial<Record<Factor, number>> = { dense: 0.99, column: 1.05, summary: 1.15 };
export const floorOf = ({ model }: RunConfig) =>
  Math.min(...model.attention.layers.flat(2).map((factor) => FLOORS[factor] ?? 1.3));

export function stepEvent(at: number, config: RunConfig): StepEvent {
  const { learningRate, warmupSteps, steps, microBatch } = config.training;
  const bitsPerByte = curve(at, floorOf(config)) * (1 + 0.03 * wobble(at));
  const rising = Math.min(1, (at + 1) / Math.max(1, warmupSteps));
  return {
    step: at,
    loss: bitsPerByte * Math.LN2,
    bitsPerByte,
    learningRate: learningRate * rising * (0.55 + 0.45 * Math.cos((Math.PI * at) / steps)),
    gradNorm: 0.4 + 1.6 / (1 + at / 30) + 0.08 * wobble(at + 5),
    tokensPerSecond: 412_000 + 9000 * wobble(at / 7),
    seconds: (at * microBatch * config.model.contextLength) / 412_000,
  };
}

/** As the engine tells it, but for the memory, which the script makes up. */
export function costOf({ model, training }: RunConfig): Preflight {
  const problems = configProblems(model);
  if (problems.length > 0) {
    return { parameters: 0, memoryBytes: 0, tokensPerStep: 0, flopsPerStep: 0, attentionSaving: 1, problems };
  }
  const { nLayer, nHead, contextLength } = model;
  const windows = training.microBatch * training.accumulation;
  const parameters = parameterLayout(model).count;
  return {
    parameters,
    memoryBytes: 16 * parameters + 80 * training.microBatch * contextLength * model.dModel,
    tokensPerStep: windows * contextLength,
    flopsPerStep: 3 * windows * forwardFlops(model),
    attentionSaving: (nLayer * nHead * densePairs(contextLength)) / attentionPairs(model),
    problems,
  };
}
