// What a position can know of after several layers (the validity criterion of section 4.2, counted). A position of
// layer k takes in the positions that its heads attend to in layer k - 1, and, through the residual connection, itself.
//
// Sets are bytes, one a position. A layer is applied to a whole set in one sweep: queries of a group see runs of key
// rows that never move back, so a sweep marks each key row once, and costs O(n) whatever the pattern. Everything is a
// generator that yields its progress (`Sliced`), because a million positions take longer than a frame.

import type { Sliced } from '../lib/slices.ts';
import { distinctSegments, type PatternHead } from './runs.ts';
import { type Factor, keyPosition, keyRange, queryOf, type Segment } from './segment.ts';

/** One turn of the layers, the lowest first: which heads each layer has. Deeper layers repeat them. */
export type LayerHeads = readonly (readonly PatternHead[])[];

export interface Reach {
  /** Positions known after 1, 2, ... layers, oneself included. */
  readonly counts: readonly number[];
  /** For each position up to the query, after how many layers it is known first; `BEYOND` for later than asked. */
  readonly layer: Uint8Array;
}

export const BEYOND = 255;

/** Positions, each through one segment, between two looks at the clock. */
const SLICE = 2 ** 14;

/** What `position` knows of after each of 1 to `depth` layers. */
export function* reach(layers: LayerHeads, position: number, depth: number): Sliced<Reach> {
  const layer = new Uint8Array(position + 1).fill(BEYOND);
  layer[position] = 0;
  const counts: number[] = [];
  for (let top = 1; top <= depth; top++) {
    if (counts.at(-1) === position + 1) {
      counts.push(position + 1);
      continue;
    }
    const seen = yield* through(layers, position, top);
    let count = 0;
    for (let key = 0; key <= position; key++) {
      if (seen[key] === 0) continue;
      count++;
      if (layer[key]! > top) layer[key] = top;
    }
    counts.push(count);
    yield top / depth;
  }
  return { counts, layer };
}

/** The input positions that `position` knows of on top of `top` layers. */
function* through(layers: LayerHeads, position: number, top: number): Sliced<Uint8Array> {
  const once = layers.map(distinctSegments);
  let set = new Uint8Array(position + 1);
  set[position] = 1;
  for (let level = top; level >= 1; level--) {
    const below = set.slice();
    for (const { head, segments } of once[(level - 1) % layers.length]!) {
      for (const segment of segments) yield* addKeys(segment, head, set, below);
    }
    set = below;
  }
  return set;
}

/** Adds to `keys` what the members of `queries` see through a segment. */
function* addKeys(segment: Segment, head: number, queries: Uint8Array, keys: Uint8Array): Sliced<void> {
  const covered = new Int32Array(segment.groups);
  for (let position = 0; position < queries.length; position++) {
    if (position % SLICE === SLICE - 1) yield 0;
    if (queries[position] === 0) continue;
    const { group, row } = queryOf(segment, position);
    const { lo, hi } = keyRange(segment, head, row);
    for (let key = Math.max(lo, covered[group]!); key < hi; key++) {
      keys[keyPosition(segment, head, group, key)] = 1;
    }
    if (hi > covered[group]!) covered[group] = hi;
  }
}

/**
 * Which positions `position` can ever know of, however many layers there are: 1 for each that it can. Keys never stand
 * after their query, so one sweep down is enough: whoever is met has been reached by all that can reach it.
 */
export function* everReached(layers: LayerHeads, position: number): Sliced<Uint8Array> {
  const seen = new Uint8Array(position + 1);
  seen[position] = 1;
  const views = distinctSegments(layers.flat()).flatMap(({ head, segments }) =>
    segments.map((segment) => ({ head, segment, low: new Int32Array(segment.groups).fill(2 ** 30) })),
  );
  const slice = Math.ceil(SLICE / Math.max(1, views.length));
  for (let query = position; query >= 0; query--) {
    if (query % slice === 0) yield 1 - query / (position + 1);
    if (seen[query] === 0) continue;
    for (const { head, segment, low } of views) {
      const { group, row } = queryOf(segment, query);
      const { lo, hi } = keyRange(segment, head, row);
      const end = Math.min(hi, low[group]!);
      for (let key = lo; key < end; key++) seen[keyPosition(segment, head, group, key)] = 1;
      if (lo < low[group]!) low[group] = lo;
    }
  }
  return seen;
}

/** One step of a path: in layer `layer`, position `from` attends to `to`. */
export interface Hop {
  readonly layer: number;
  readonly from: number;
  readonly to: number;
  readonly factor: Factor;
}

export type Path =
  /** `hops` lead from the query down; between them a position hands itself on. */
  | { readonly kind: 'path'; readonly layers: number; readonly hops: readonly Hop[] }
  | { readonly kind: 'never' }
  /** Not within as many layers as were asked for. */
  | { readonly kind: 'deeper' };

/** The way of a byte at `source` to `query` through the fewest layers, up to `maxLayers` of them. */
export function* shortestPath(
  layers: LayerHeads,
  query: number,
  source: number,
  maxLayers: number,
): Sliced<Path> {
  if (source > query) return { kind: 'never' };
  const once = layers.map(distinctSegments);
  // After which layer each position first knows of the source, and from which position it has that.
  const level = new Int16Array(query + 1).fill(-1);
  const via = new Int32Array(query + 1);
  level[source] = 0;
  let unchanged = 0;
  for (let k = 1; level[query] === -1; k++) {
    if (unchanged === layers.length) return { kind: 'never' };
    if (k > maxLayers) return { kind: 'deeper' };
    let changed = false;
    for (const { head, segments } of once[(k - 1) % layers.length]!) {
      for (const segment of segments) {
        if (yield* addQueries(segment, head, k, source, level, via)) changed = true;
      }
    }
    unchanged = changed ? 0 : unchanged + 1;
    yield k / maxLayers;
  }
  return { kind: 'path', layers: level[query]!, hops: hopsOf(layers, query, source, level, via) };
}

/** Marks with `k` the positions that see, through a segment, one with a smaller mark; true when there were any. */
function* addQueries(
  segment: Segment,
  head: number,
  k: number,
  source: number,
  level: Int16Array,
  via: Int32Array,
): Sliced<boolean> {
  // For each group, how far its key rows have been walked, and the last of them that knows of the source.
  const walked = new Int32Array(segment.groups).fill(-1);
  const last = new Int32Array(segment.groups).fill(-1);
  let changed = false;
  for (let position = source; position < level.length; position++) {
    if (position % SLICE === SLICE - 1) yield 0;
    const { group, row } = queryOf(segment, position);
    const { lo, hi } = keyRange(segment, head, row);
    for (let key = Math.max(lo, walked[group]!); key < hi; key++) {
      const mark = level[keyPosition(segment, head, group, key)]!;
      if (mark >= 0 && mark < k) last[group] = key;
    }
    if (hi > walked[group]!) walked[group] = hi;
    if (level[position] !== -1 || last[group]! < lo || last[group] === -1) continue;
    level[position] = k;
    via[position] = keyPosition(segment, head, group, last[group]!);
    changed = true;
  }
  return changed;
}

function hopsOf(
  layers: LayerHeads,
  query: number,
  source: number,
  level: Int16Array,
  via: Int32Array,
): Hop[] {
  const hops: Hop[] = [];
  for (let from = query; from !== source; from = via[from]!) {
    const layer = level[from]!;
    const to = via[from]!;
    hops.push({ layer, from, to, factor: factorBetween(layers[(layer - 1) % layers.length]!, from, to) });
  }
  return hops;
}

function factorBetween(heads: readonly PatternHead[], query: number, key: number): Factor {
  for (const { head, segments } of heads) {
    for (const segment of segments) {
      const { group, row } = queryOf(segment, query);
      const { lo, hi } = keyRange(segment, head, row);
      // Key rows stand in ascending order, so the one at a position is found by halving.
      let [low, high] = [lo, hi];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (keyPosition(segment, head, group, middle) < key) low = middle + 1;
        else high = middle;
      }
      if (low < hi && keyPosition(segment, head, group, low) === key) return segment.factor;
    }
  }
  throw new Error(`Position ${query} does not see ${key}.`);
}

export interface Connected {
  /** Share of all causal pairs that are connected after 1, 2, ... layers. */
  readonly shares: readonly number[];
  /** Share of pairs that are connected after any number of layers. */
  readonly ever: number;
  /** Queries that were looked at: all of them, or evenly spread ones. */
  readonly queries: number;
}

/** Share of the pairs (query, earlier position) that `depth` layers connect, from at most `queries` queries. */
export function* connected(
  layers: LayerHeads,
  length: number,
  depth: number,
  queries: number,
): Sliced<Connected> {
  const looked = Math.min(length, queries);
  const sums = new Float64Array(depth);
  let [ever, pairs] = [0, 0];
  for (let index = 0; index < looked; index++) {
    // The middle of each of as many equal parts.
    const position = looked === length ? index : Math.floor(((index + 0.5) * length) / looked);
    for (const [k, count] of (yield* scaled(
      reach(layers, position, depth),
      index,
      looked,
    )).counts.entries()) {
      sums[k]! += count;
    }
    for (const mark of yield* scaled(everReached(layers, position), index, looked)) ever += mark;
    pairs += position + 1;
    yield (index + 1) / looked;
  }
  return { shares: Array.from(sums, (sum) => sum / pairs), ever: ever / pairs, queries: looked };
}

/** A part of a longer calculation, whose progress is that of the whole. */
function* scaled<T>(work: Sliced<T>, index: number, of: number): Sliced<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    yield index / of;
  }
}
