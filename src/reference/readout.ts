// Attention weights in float64, pair by pair: what the reading kernels are tested against.

import {
  type AttentionMaps,
  type AttentionMapsRequest,
  type AttentionRow,
  type AttentionRowsRequest,
  cellOf,
  headMap,
  keysAt,
  type MapSums,
  mapShape,
  type SeenKeys,
  segmentsOfHead,
} from '../model/attention.ts';
import type { HeadGroup } from '../model/config.ts';
import type { Segment } from '../patterns/index.ts';
import type { AttentionOutput, AttentionShape } from './attention.ts';

/** A layer's queries, keys and values [T, 2 * dQueryKey + dModel] of one window, and its log-sum-exp [nHead, T]. */
export interface LayerAttention {
  readonly qkv: Float64Array;
  readonly lse: AttentionOutput['lse'];
}

/** The weights, exp(score - lse), that a head gives at `query` to the keys of one segment. */
export function segmentWeights(
  { qkv, lse }: LayerAttention,
  { T, nHead, dModel, dQueryKey }: Omit<AttentionShape, 'B'>,
  segment: Segment,
  head: number,
  query: number,
): { readonly keys: Uint32Array; readonly weights: Float64Array } {
  const width = 2 * dQueryKey + dModel;
  const dKey = dQueryKey / nHead;
  const keys = keysAt(segment, head, query);
  const weights = Float64Array.from(keys, (key) => {
    let score = 0;
    for (let i = 0; i < dKey; i++) {
      score += qkv[query * width + head * dKey + i]! * qkv[key * width + dQueryKey + head * dKey + i]!;
    }
    return Math.exp(score / Math.sqrt(dKey) - lse[head * T + query]!);
  });
  return { keys, weights };
}

/** The rows of some heads and queries, head by head. */
export function attentionRows(
  layer: LayerAttention,
  shape: Omit<AttentionShape, 'B'>,
  groups: readonly HeadGroup[],
  request: Pick<AttentionRowsRequest, 'layer' | 'heads' | 'queries'>,
): AttentionRow[] {
  return request.heads.flatMap((head) =>
    request.queries.map((query): AttentionRow => {
      const segments = segmentsOfHead(groups, head).map((segment): SeenKeys => {
        const { keys, weights } = segmentWeights(layer, shape, segment, head, query);
        return { factor: segment.factor, keys, weights: Float32Array.from(weights) };
      });
      return { layer: request.layer, head, query, segments };
    }),
  );
}

/** Sums over the pairs of a picture, by head and segment, of one window. */
export function mapSums(
  layer: LayerAttention,
  shape: Omit<AttentionShape, 'B'>,
  segment: Segment,
  head: number,
  { queries, keys: span, rows, columns }: ReturnType<typeof mapShape>,
): MapSums {
  const sums = new Float64Array(rows * columns);
  let [entropy, distance, mass] = [0, 0, 0];
  for (let query = queries.from; query < queries.to; query++) {
    const { keys, weights } = segmentWeights(layer, shape, segment, head, query);
    for (const [index, key] of keys.entries()) {
      if (key < span.from || key >= span.to) continue;
      const weight = weights[index]!;
      sums[cellOf(queries, rows, query) * columns + cellOf(span, columns, key)]! += weight;
      if (weight > 0) entropy -= weight * Math.log(weight);
      distance += weight * (query - key);
      mass += weight;
    }
  }
  return { factor: segment.factor, weights: sums, entropy, distance, mass };
}

/** The mean picture of every head of the layers asked for; `layersOf` gives the layers of a window. */
export async function attentionMaps(
  request: AttentionMapsRequest,
  shape: Omit<AttentionShape, 'B'>,
  groupsOf: readonly (readonly HeadGroup[])[],
  layersOf: (window: Uint8Array) => Promise<readonly LayerAttention[]>,
): Promise<AttentionMaps> {
  const part = mapShape(request);
  const totals = new Map<string, MapSums[]>();
  for (const [done, window] of request.windows.entries()) {
    const layers = await layersOf(window);
    for (const layer of request.layers) {
      for (let head = 0; head < shape.nHead; head++) {
        const name = `${layer} ${head}`;
        const before = totals.get(name);
        const sums = segmentsOfHead(groupsOf[layer]!, head).map((segment) =>
          mapSums(layers[layer]!, shape, segment, head, part),
        );
        totals.set(name, before ? added(before, sums) : sums);
      }
    }
    request.onProgress?.((done + 1) / request.windows.length);
  }
  const heads = request.layers.flatMap((layer) =>
    Array.from({ length: shape.nHead }, (_, head) =>
      headMap(layer, head, totals.get(`${layer} ${head}`) ?? [], part, request.windows.length),
    ),
  );
  return { rows: part.rows, columns: part.columns, heads };
}

function added(totals: readonly MapSums[], sums: readonly MapSums[]): MapSums[] {
  return totals.map((total, index) => {
    const more = sums[index]!;
    return {
      factor: total.factor,
      weights: Float64Array.from(total.weights, (value, i) => value + more.weights[i]!),
      entropy: total.entropy + more.entropy,
      distance: total.distance + more.distance,
      mass: total.mass + more.mass,
    };
  });
}
