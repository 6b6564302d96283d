// What can be read of a model's attention (the paper's Figure 2): rows of weights, and pictures of bounded size. Types
// that both engines and the page share, and what merely calculates.
//
// Positions are rows of the model: position t makes byte t, and its key k stands for the input of position k, which is
// byte k - 1, or the start vector where k is 0.

import { type Factor, keyPosition, keyRange, queryOf, type Segment } from '../patterns/index.ts';
import { type HeadGroup, headGroups, type ModelConfig } from './config.ts';

/** A head of a layer, or the mean over all of them. */
export type HeadChoice = number | 'mean';

/** Whose attention a sampler keeps of the bytes that it makes. */
export interface Watch {
  readonly layer: number;
  readonly head: HeadChoice;
  /** Which of the sequences that are drawn together. */
  readonly sample?: number;
}

/** The keys that a position sees through one factor, in ascending order, and how much it looks at each. */
export interface SeenKeys {
  readonly factor: Factor;
  readonly keys: Uint32Array;
  readonly weights: Float32Array;
}

/** One row of an attention matrix. All its weights add up to 1, or to 0 for a position that sees no key. */
export interface AttentionRow {
  readonly layer: number;
  readonly head: HeadChoice;
  /** The position that looks. */
  readonly query: number;
  readonly segments: readonly SeenKeys[];
}

export interface AttentionRowsRequest {
  /** A window: from 1 to contextLength bytes. */
  readonly tokens: Uint8Array;
  readonly layer: number;
  readonly heads: readonly number[];
  readonly queries: readonly number[];
}

/** Positions [from, to). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface AttentionMapsRequest {
  /** Windows of equal length, from 1 to contextLength bytes, over which the pictures are the mean. */
  readonly windows: readonly Uint8Array[];
  readonly layers: readonly number[];
  /** Cells along a side, fewer where there are fewer positions; at most 128. */
  readonly cells: number;
  /** The part of the matrix; by default the whole of it. */
  readonly queries?: Span;
  readonly keys?: Span;
  readonly signal?: AbortSignal;
  /** Told now and then: the share done, in (0, 1]. */
  readonly onProgress?: (share: number) => void;
}

/** What one head looks at, averaged over windows and over the queries of each row of cells. */
export interface HeadMap {
  readonly layer: number;
  readonly head: number;
  /** For each factor, [rows, columns]: the weight that a query of the row gives to the keys of the column. */
  readonly segments: readonly { readonly factor: Factor; readonly weights: Float32Array }[];
  /** Over the pairs of the picture, a mean over queries by weight: of the whole matrix, over all queries that see a key. */
  readonly entropyBits: number;
  /** Positions from a query back to its keys. */
  readonly meanDistance: number;
}

export interface AttentionMaps {
  readonly rows: number;
  readonly columns: number;
  readonly heads: readonly HeadMap[];
}

/** Sums that a picture of one head is made of, for each segment: [rows, columns], and entropy (nats), distance, weight. */
export interface MapSums {
  readonly factor: Factor;
  readonly weights: Float64Array | Float32Array;
  readonly entropy: number;
  readonly distance: number;
  readonly mass: number;
}

/** Where cell `index` of `cells` over a span begins; of its end, the next one's beginning. */
export function cellEdge({ from, to }: Span, cells: number, index: number): number {
  return from + Math.ceil((index * (to - from)) / cells);
}

/** The cell of `cells` over a span that holds a position. */
export function cellOf({ from, to }: Span, cells: number, position: number): number {
  return Math.floor(((position - from) * cells) / (to - from));
}

/** The key rows [lo, hi) that a head sees from a position, and where they stand. */
export function keysAt(segment: Segment, head: number, query: number): Uint32Array {
  const { group, row } = queryOf(segment, query);
  const { lo, hi } = keyRange(segment, head, row);
  return Uint32Array.from({ length: hi - lo }, (_, i) => keyPosition(segment, head, group, lo + i));
}

/** The numbers of a layer's heads. */
export function allHeads({ nHead }: { readonly nHead: number }): number[] {
  return Array.from({ length: nHead }, (_, head) => head);
}

/** The segments of a head among the groups of its layer. */
export function segmentsOfHead(groups: readonly HeadGroup[], head: number): readonly Segment[] {
  return groups.find(({ firstHead, nHead }) => head < firstHead + nHead)?.segments ?? [];
}

/** The part of the matrix that a request asks for, and its cells. */
export function mapShape({ windows, cells, queries, keys }: AttentionMapsRequest): {
  readonly queries: Span;
  readonly keys: Span;
  readonly rows: number;
  readonly columns: number;
} {
  const whole = { from: 0, to: windows[0]?.length ?? 0 };
  const [q, k] = [queries ?? whole, keys ?? whole];
  return {
    queries: q,
    keys: k,
    rows: Math.min(cells, q.to - q.from),
    columns: Math.min(cells, k.to - k.from),
  };
}

/** A head's picture from its sums over `windows` windows. */
export function headMap(
  layer: number,
  head: number,
  sums: readonly MapSums[],
  { queries, rows, columns }: { readonly queries: Span; readonly rows: number; readonly columns: number },
  windows: number,
): HeadMap {
  const total = (of: (each: MapSums) => number) => sums.reduce((sum, each) => sum + of(each), 0);
  const mass = total((each) => each.mass);
  const mean = (sum: number) => (mass > 0 ? sum / mass : 0);
  return {
    layer,
    head,
    segments: sums.map(({ factor, weights }) => ({
      factor,
      weights: Float32Array.from(weights, (sum, index) => {
        const row = Math.floor(index / columns);
        const count = cellEdge(queries, rows, row + 1) - cellEdge(queries, rows, row);
        return sum / (count * windows);
      }),
    })),
    entropyBits: mean(total((each) => each.entropy)) / Math.LN2,
    meanDistance: mean(total((each) => each.distance)),
  };
}

/** What a head may look at from a position, as its pattern alone says: a row without weights. */
export function allowedRow(
  config: ModelConfig,
  layer: number,
  head: HeadChoice,
  query: number,
): AttentionRow {
  if (head === 'mean') {
    return meanRow(allHeads(config).map((each) => allowedRow(config, layer, each, query)));
  }
  const segments = segmentsOfHead(headGroups(config, layer), head).map((segment): SeenKeys => {
    const keys = keysAt(segment, head, query);
    return { factor: segment.factor, keys, weights: new Float32Array(keys.length) };
  });
  return { layer, head, query, segments };
}

/** The mean over rows of one position, of several heads: a factor's keys are those that any of them sees through it. */
export function meanRow(rows: readonly AttentionRow[]): AttentionRow {
  const factors = new Map<Factor, Map<number, number>>();
  for (const { segments } of rows) {
    for (const { factor, keys, weights } of segments) {
      const sums = factors.get(factor) ?? new Map<number, number>();
      factors.set(factor, sums);
      for (const [index, key] of keys.entries()) {
        sums.set(key, (sums.get(key) ?? 0) + weights[index]! / rows.length);
      }
    }
  }
  const segments = [...factors].map(([factor, sums]): SeenKeys => {
    const keys = Uint32Array.from(sums.keys()).sort();
    return { factor, keys, weights: Float32Array.from(keys, (key) => sums.get(key) ?? 0) };
  });
  return { layer: rows[0]?.layer ?? 0, head: 'mean', query: rows[0]?.query ?? 0, segments };
}

/** What is wrong with a request, in words; undefined for a good one. */
export function rowsProblem(
  { tokens, layer, heads, queries }: AttentionRowsRequest,
  { contextLength, nLayer, nHead }: { contextLength: number; nLayer: number; nHead: number },
): string | undefined {
  const below = (limit: number) => (value: number) => Number.isInteger(value) && value >= 0 && value < limit;
  if (tokens.length < 1 || tokens.length > contextLength) return windowProblem(tokens.length, contextLength);
  if (!below(nLayer)(layer)) return `There is no layer ${layer}; the model has ${nLayer}.`;
  if (!heads.every(below(nHead))) return `There is no such head among ${heads}; the model has ${nHead}.`;
  if (!queries.every(below(tokens.length))) return `The window has ${tokens.length} positions, none beyond.`;
  return undefined;
}

/** What is wrong with a request, in words; undefined for a good one. */
export function mapsProblem(
  request: AttentionMapsRequest,
  { contextLength, nLayer }: { contextLength: number; nLayer: number },
): string | undefined {
  const { windows, layers, cells } = request;
  const length = windows[0]?.length ?? 0;
  if (length < 1 || length > contextLength) return windowProblem(length, contextLength);
  if (windows.some((window) => window.length !== length)) return 'The windows are of different lengths.';
  if (layers.some((layer) => !(layer >= 0 && layer < nLayer))) return `The model has ${nLayer} layers.`;
  if (!(Number.isInteger(cells) && cells >= 1 && cells <= 128)) return 'A picture has 1 to 128 cells a side.';
  const { queries, keys } = mapShape(request);
  const inside = ({ from, to }: Span) => from >= 0 && from < to && to <= length;
  return inside(queries) && inside(keys) ? undefined : `The window has ${length} positions, none beyond.`;
}

const windowProblem = (length: number, contextLength: number) =>
  `A window has from 1 to ${contextLength} bytes here, not ${length}.`;
