// Sparse attention over segments (paper section 4): for each head and query, one softmax over the union of
// the head's disjoint segments. Works on one query at a time, so nothing of size T x T ever exists.
//
// Layout of a row of qkv, 2 * dQueryKey + dModel wide: the queries of all heads, the keys of all heads, the
// values of all heads. A query that sees no key has output zero and passes no gradient.

import type { HeadGroup } from '../model/config.ts';
import { gatherKeys } from '../patterns/index.ts';

export interface AttentionShape {
  readonly B: number;
  readonly T: number;
  readonly nHead: number;
  readonly dModel: number;
  /** Width of queries, and of keys, over all heads. */
  readonly dQueryKey: number;
}

export interface AttentionOutput {
  /** [B * T, dModel] */
  readonly o: Float64Array;
  /** Log-sum-exp of each query's scaled scores, [B, nHead, T]; -Infinity for a query without keys. */
  readonly lse: Float64Array;
}

/** qkv [B * T, 2 * dQueryKey + dModel] -> o and lse. */
export function attentionForward(
  qkv: Float64Array,
  shape: AttentionShape,
  headGroups: readonly HeadGroup[],
): AttentionOutput {
  const { B, T, nHead, dModel } = shape;
  const output = { o: new Float64Array(B * T * dModel), lse: new Float64Array(B * nHead * T) };
  for (let t = 0; t < T; t++) attendAt(t, qkv, shape, headGroups, output);
  return output;
}

/** Attention of query position `t` alone, in every sequence: reads qkv at t and before, writes o and lse at t. */
export function attendAt(
  t: number,
  qkv: Float64Array,
  shape: AttentionShape,
  headGroups: readonly HeadGroup[],
  { o, lse }: AttentionOutput,
): void {
  const { B, T, nHead, dModel, dQueryKey } = shape;
  const { dHead, dKey, width, scale } = widths(shape);
  const keys = new Int32Array(t + 1);
  const p = new Float64Array(t + 1);
  for (const { firstHead, nHead: heads, segments } of headGroups) {
    for (let head = firstHead; head < firstHead + heads; head++) {
      const count = gatherKeys(segments, head, t, keys);
      for (let b = 0; b < B; b++) {
        const query = (b * T + t) * width + head * dKey;
        const output = (b * T + t) * dModel + head * dHead;
        let max = Number.NEGATIVE_INFINITY;
        for (let k = 0; k < count; k++) {
          const key = (b * T + keys[k]!) * width + dQueryKey + head * dKey;
          let score = 0;
          for (let i = 0; i < dKey; i++) score += qkv[query + i]! * qkv[key + i]!;
          p[k] = score * scale;
          if (p[k]! > max) max = p[k]!;
        }
        let sum = 0;
        for (let k = 0; k < count; k++) {
          p[k] = Math.exp(p[k]! - max);
          sum += p[k]!;
        }
        for (let i = 0; i < dHead; i++) o[output + i] = 0;
        for (let k = 0; k < count; k++) {
          const value = (b * T + keys[k]!) * width + 2 * dQueryKey + head * dHead;
          const weight = p[k]! / sum;
          for (let i = 0; i < dHead; i++) o[output + i]! += weight * qkv[value + i]!;
        }
        lse[(b * nHead + head) * T + t] = count === 0 ? Number.NEGATIVE_INFINITY : max + Math.log(sum);
      }
    }
  }
}

/**
 * The gradient dQKV, laid out like qkv, from that of o. With p = exp(score - lse) and D = sum of dO * o:
 * dV += p dO,  dScore = p (dO . v - D),  dQ += scale dScore k,  dK += scale dScore q.
 */
export function attentionBackward(
  qkv: Float64Array,
  { o, lse }: AttentionOutput,
  dO: Float64Array,
  shape: AttentionShape,
  headGroups: readonly HeadGroup[],
): Float64Array {
  const { B, T, nHead, dModel, dQueryKey } = shape;
  const { dHead, dKey, width, scale } = widths(shape);
  const dQKV = new Float64Array(qkv.length);
  const keys = new Int32Array(T);
  for (const { firstHead, nHead: heads, segments } of headGroups) {
    for (let head = firstHead; head < firstHead + heads; head++) {
      for (let t = 0; t < T; t++) {
        const count = gatherKeys(segments, head, t, keys);
        for (let b = 0; b < B; b++) {
          const query = (b * T + t) * width + head * dKey;
          const output = (b * T + t) * dModel + head * dHead;
          const rowLse = lse[(b * nHead + head) * T + t]!;
          let D = 0;
          for (let i = 0; i < dHead; i++) D += dO[output + i]! * o[output + i]!;
          for (let k = 0; k < count; k++) {
            const keyRow = (b * T + keys[k]!) * width;
            const key = keyRow + dQueryKey + head * dKey;
            const value = keyRow + 2 * dQueryKey + head * dHead;
            let score = 0;
            for (let i = 0; i < dKey; i++) score += qkv[query + i]! * qkv[key + i]!;
            const p = Math.exp(score * scale - rowLse);
            let dP = 0;
            for (let i = 0; i < dHead; i++) {
              dP += dO[output + i]! * qkv[value + i]!;
              dQKV[value + i]! += p * dO[output + i]!;
            }
            const dScore = p * (dP - D) * scale;
            for (let i = 0; i < dKey; i++) {
              dQKV[query + i]! += dScore * qkv[key + i]!;
              dQKV[key + i]! += dScore * qkv[query + i]!;
            }
          }
        }
      }
    }
  }
  return dQKV;
}

/** Widths of a head's values and of its queries and keys, of a qkv row, and the scale of the scores (section 4.1). */
function widths({ nHead, dModel, dQueryKey }: AttentionShape) {
  const dKey = dQueryKey / nHead;
  return { dHead: dModel / nHead, dKey, width: 2 * dQueryKey + dModel, scale: 1 / Math.sqrt(dKey) };
}
