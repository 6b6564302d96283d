// Gradient clipping and Adam with decoupled weight decay (paper section 6), over whole arenas.

import type { UpdateSettings } from '../model/engine.ts';

/** Parameters and Adam's moments, as arenas of one layout. */
export interface AdamState {
  readonly parameters: Float64Array;
  readonly m: Float64Array;
  readonly v: Float64Array;
}

/** The Euclidean norm of all elements. */
export function globalNorm(gradient: Float64Array): number {
  let squares = 0;
  for (const value of gradient) squares += value * value;
  return Math.sqrt(squares);
}

/** The factor that brings a gradient of norm `norm` down to at most `clipNorm`. */
export function clipScale(norm: number, clipNorm: number): number {
  return norm > clipNorm ? clipNorm / norm : 1;
}

/**
 * One update in place, with g = scale * gradient and t = step + 1:
 * m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2,
 * p = p - learningRate * (m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps) + weightDecay * p),
 * where only elements before `decayEnd`, those of matrices, decay.
 */
export function adamUpdate(
  { parameters, m, v }: AdamState,
  gradient: Float64Array,
  scale: number,
  step: number,
  decayEnd: number,
  { learningRate, beta1, beta2, eps, weightDecay }: Omit<UpdateSettings, 'clipNorm'>,
): void {
  const correction1 = 1 - beta1 ** (step + 1);
  const correction2 = 1 - beta2 ** (step + 1);
  for (let i = 0; i < parameters.length; i++) {
    const g = scale * gradient[i]!;
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
    const decay = i < decayEnd ? weightDecay * parameters[i]! : 0;
    parameters[i]! -= learningRate * (m[i]! / correction1 / (Math.sqrt(v[i]! / correction2) + eps) + decay);
  }
}
