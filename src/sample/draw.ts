// Drawing a byte from logits: the convention that both engines follow, so that the same seed and logits give
// the same byte. Bytes stand in order of descending probability, ties by the lower byte.

import { uniform } from '../lib/random.ts';
import type { SamplerSettings } from '../model/engine.ts';

export type DrawSettings = Pick<SamplerSettings, 'temperature' | 'topK' | 'topP'>;

/** Separates the sampler's random numbers from all others. */
const SAMPLING = 0x5a17;

/** The number in (0, 1) that decides the byte at `position` of sequence `sample`. */
export function drawUniform(seed: number, sample: number, position: number): number {
  return uniform(seed, sample, position, SAMPLING);
}

/**
 * The index that u in (0, 1) picks from softmax(logits / temperature), cut to the `topK` likeliest (0: all)
 * and then to the fewest likeliest whose share of what is left reaches `topP` (1: all): the first, in order,
 * whose cumulative probability exceeds u. Temperature 0 takes the likeliest.
 */
export function drawByte(
  logits: ArrayLike<number>,
  { temperature, topK, topP }: DrawSettings,
  u: number,
): number {
  const order = Array.from({ length: logits.length }, (_, i) => i).sort(
    (a, b) => logits[b]! - logits[a]! || a - b,
  );
  if (temperature === 0) return order[0]!;
  if (topK > 0) order.length = Math.min(order.length, topK);
  const largest = logits[order[0]!]!;
  const weights = order.map((i) => Math.exp((logits[i]! - largest) / temperature));
  const kept = topP < 1 ? firstReaching(weights, topP * sum(weights)) + 1 : weights.length;
  const threshold = u * sum(weights.slice(0, kept));
  let cumulative = 0;
  for (let rank = 0; rank < kept; rank++) {
    cumulative += weights[rank]!;
    if (cumulative > threshold) return order[rank]!;
  }
  return order[kept - 1]!;
}

/** The first rank at which the running sum of the weights reaches `target`; the last, should rounding keep it below. */
function firstReaching(weights: readonly number[], target: number): number {
  let cumulative = 0;
  const rank = weights.findIndex((weight) => {
    cumulative += weight;
    return cumulative >= target;
  });
  return rank < 0 ? weights.length - 1 : rank;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
