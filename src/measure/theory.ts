// How much arithmetic and memory traffic the measured work needs at least, and how long that takes at the adapter's
// ceilings. Traffic counts every tensor once; recomputation counts as no work, since it is a choice.

import type { ModelConfig } from '../model/config.ts';
import { attentionPairs, forwardFlops } from '../model/cost.ts';
import type { EngineShape } from '../model/engine.ts';
import { parameterLayout } from '../model/parameters.ts';
import type { Ceilings } from './rows.ts';

export interface Demand {
  readonly flops: number;
  readonly bytes: number;
}

export function theoryMs({ flops, bytes }: Demand, ceilings: Ceilings): number {
  return 1000 * Math.max(flops / ceilings.flopsPerSecond, bytes / ceilings.bytesPerSecond);
}

/** Attention of heads as wide as `width` over `rows` positions and `pairs` query-key pairs, both over all heads. */
export function attentionDemand(
  pairs: number,
  rows: number,
  width: number,
): { forward: Demand; backward: Demand } {
  return {
    // Scores and the weighted sum; reads q, k, v, writes o.
    forward: { flops: pairs * 4 * width, bytes: 16 * rows * width },
    // Scores again, dP, dV, dQ, dK; reads q, k, v, o, dO, writes dQ, dK, dV.
    backward: { flops: pairs * 10 * width, bytes: 32 * rows * width },
  };
}

export function matmulDemand(M: number, N: number, K: number): Demand {
  return { flops: 2 * M * N * K, bytes: 4 * (M * N + M * K + N * K) };
}

/** Numbers of the matrices that every position is multiplied with. */
function multipliedWeights(config: ModelConfig): number {
  const attention = attentionDemand(attentionPairs(config), 0, config.dModel / config.nHead).forward.flops;
  return (forwardFlops(config) - attention) / 2 / config.contextLength;
}

/** A training step: arithmetic of products and attention, traffic of the optimiser alone. */
export function trainingDemand(config: ModelConfig, { microBatch, accumulation }: EngineShape): Demand {
  const windows = microBatch * accumulation;
  const products = 6 * windows * config.contextLength * multipliedWeights(config);
  const attention = attentionDemand(windows * attentionPairs(config), 0, config.dModel / config.nHead);
  return {
    flops: products + attention.forward.flops + attention.backward.flops,
    // Reads parameter, gradient and two moments; writes parameter and moments.
    bytes: 28 * parameterLayout(config).count,
  };
}

/** Drawing one byte for each of `samples` sequences, at positions [from, contextLength) on average. */
export function samplingDemand(config: ModelConfig, samples: number, from: number): Demand {
  const weights = multipliedWeights(config);
  const earlier = from > 0 ? attentionPairs({ ...config, contextLength: from }) : 0;
  const keys = (attentionPairs(config) - earlier) / (config.contextLength - from);
  const { dQueryKey, dModel, nHead } = config;
  return {
    flops: samples * (2 * weights + (keys * 2 * (dQueryKey + dModel)) / nHead),
    bytes: 4 * (weights + (samples * keys * (dQueryKey + dModel)) / nHead),
  };
}
