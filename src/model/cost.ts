// The arithmetic of a model, counted: pairs of attention and floating-point operations.

import { headGroupPairs } from '../patterns/index.ts';
import { headGroups, type ModelConfig } from './config.ts';

/** What a run costs, told before anything is allocated. */
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
