// The keys of one query as runs of positions, however many they are: for drawing, for reading out, for counting.
// A million keys of a column are one run.

import { type PatternGeometry, segmentsOf } from './factors.ts';
import type { LayerFactors } from './forms.ts';
import { type Factor, keyOffset, keyPosition, keyRange, queryOf, type Segment } from './segment.ts';

/** `count` stretches of `width` consecutive positions each, the first from `first`, beginning `step` apart. */
export interface KeyRun {
  readonly factor: Factor;
  readonly first: number;
  readonly width: number;
  readonly step: number;
  readonly count: number;
}

/** One head's disjoint segments, and which head it is: heads of a summary factor read different cells. */
export interface PatternHead {
  readonly head: number;
  readonly segments: readonly Segment[];
}

/** The heads of a layer that differ from one another in what they see. */
export function distinctHeads(
  heads: LayerFactors[number],
  geometry: PatternGeometry,
  length: number,
): readonly PatternHead[] {
  const found = new Map<string, PatternHead>();
  for (let head = 0; head < geometry.nHead; head++) {
    const segments = segmentsOf(heads[head % heads.length]!, geometry, length);
    const offsets = segments.map((segment) => keyOffset(segment, head));
    const key = JSON.stringify([segments, offsets]);
    if (!found.has(key)) found.set(key, { head, segments });
  }
  return [...found.values()];
}

/** The segments of heads one by one, each once: heads that read the same keys through one need it only once. */
export function distinctSegments(heads: readonly PatternHead[]): readonly PatternHead[] {
  const found = new Map<string, PatternHead>();
  for (const { head, segments } of heads) {
    for (const segment of segments) {
      const key = JSON.stringify([segment, keyOffset(segment, head)]);
      if (!found.has(key)) found.set(key, { head, segments: [segment] });
    }
  }
  return [...found.values()];
}

/** The keys that head `head` sees from `position` through one segment: at most three runs, in ascending order. */
export function keyRuns(segment: Segment, head: number, position: number): KeyRun[] {
  const { factor, cells, blockStep } = segment;
  const { group, row } = queryOf(segment, position);
  const { lo, hi } = keyRange(segment, head, row);
  const at = (key: number) => keyPosition(segment, head, group, key);
  if (lo === hi) return [];
  if (cells === blockStep) return [{ factor, first: at(lo), width: hi - lo, step: hi - lo, count: 1 }];
  // The whole blocks of the key view, and what stands before and after them.
  const firstWhole = Math.ceil(lo / cells);
  const endWhole = Math.floor(hi / cells);
  if (firstWhole > endWhole) return [{ factor, first: at(lo), width: hi - lo, step: blockStep, count: 1 }];
  const runs: KeyRun[] = [];
  const add = (from: number, to: number, count: number) => {
    if (to > from && count > 0)
      runs.push({ factor, first: at(from), width: (to - from) / count, step: blockStep, count });
  };
  add(lo, firstWhole * cells, 1);
  add(firstWhole * cells, endWhole * cells, endWhole - firstWhole);
  add(endWhole * cells, hi, 1);
  return runs;
}

/** The keys that any of these heads sees from `position`; different segments may see the same key. */
export function runsOf(heads: readonly PatternHead[], position: number): KeyRun[] {
  return distinctSegments(heads).flatMap(({ head, segments }) =>
    segments.flatMap((segment) => keyRuns(segment, head, position)),
  );
}

/** Calls `visit` with each stretch [from, to) of a run. */
export function forEachStretch(run: KeyRun, visit: (from: number, to: number) => void): void {
  for (let index = 0; index < run.count; index++) {
    const from = run.first + index * run.step;
    visit(from, from + run.width);
  }
}

/** The stretches of a run that reach into the positions [from, to); its `count` is 0 where there are none. */
export function runWithin(run: KeyRun, from: number, to: number): KeyRun {
  const { first, width, step, count } = run;
  const begin = Math.max(0, Math.floor((from - first - width) / step) + 1);
  const end = Math.min(count, Math.ceil((to - first) / step));
  return { ...run, first: first + begin * step, count: Math.max(0, end - begin) };
}

/** From so many positions on, filling a stretch at once is faster than one by one. */
const WIDE = 32;

/** Writes `value` at every key of a run. */
export function markRun(into: Uint8Array | Uint32Array, run: KeyRun, value: number): void {
  forEachStretch(run, (from, to) => {
    if (to - from >= WIDE) into.fill(value, from, to);
    else for (let key = from; key < to; key++) into[key] = value;
  });
}

/** How many different positions runs hold together: those of several factors or heads may overlap. */
export function keyCount(runs: readonly KeyRun[]): number {
  const held = ({ width, count }: KeyRun) => width * count;
  const [only] = runs;
  if (only && runs.length === 1) return held(only);
  const end = Math.max(0, ...runs.map(({ first, step, count, width }) => first + (count - 1) * step + width));
  const seen = new Uint8Array(end);
  for (const run of runs) markRun(seen, run, 1);
  let sum = 0;
  for (let position = 0; position < end; position++) sum += seen[position]!;
  return sum;
}
