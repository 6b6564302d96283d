// `mask`: which keys each query of a pattern sees: one of the paper's four by name, any union of factors, or a layer of
// a named experiment.

import { Failure } from '../src/lib/errors.ts';
import {
  EXPERIMENTS,
  experimentNamed,
  FACTORS,
  type Factor,
  headPairs,
  keysOf,
  PATTERN_FACTORS,
  type Pattern,
  type PatternGeometry,
  segmentsOf,
  USUAL_DILATION,
} from '../src/patterns/index.ts';
import { Arguments } from './arguments.ts';
import type { Output } from './output.ts';

const MAX_POSITIONS = 2 ** 20;
/** Key positions that are printed at most: some 20 MB. */
const MAX_PAIRS = 4e6;

export const maskOptions = {
  pattern: 'value',
  factors: 'value',
  preset: 'value',
  layer: 'value',
  length: 'value',
  stride: 'value',
  'summary-cells': 'value',
  dilation: 'value',
  head: 'value',
  heads: 'value',
  factor: 'value',
  merged: 'flag',
  json: 'flag',
} as const;

/** One head's mask. */
interface Mask {
  readonly factors: readonly Factor[];
  readonly geometry: PatternGeometry;
  readonly length: number;
  readonly head: number;
}

export async function runMask(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, maskOptions);
  const named = ['pattern', 'factors', 'preset'].filter((name) => given.has(name));
  if (named.length > 1) throw new Failure('bad-input', `--${named.join(' and --')} exclude each other.`);
  const { factors, geometry, length, head } = given.has('preset') ? presetMask(given) : ownMask(given);
  const segments = segmentsOf(factors, geometry, length);
  const pairs = headPairs(segments, head, length);
  if (pairs > MAX_PAIRS) {
    throw new Failure(
      'bad-input',
      `This mask has ${pairs.toLocaleString('en')} entries; at most ${MAX_PAIRS.toLocaleString('en')} are printed. Choose a smaller --length.`,
    );
  }
  const keys = Array.from({ length }, (_, position) => keysOf(segments, head, position));
  output.write(`${JSON.stringify({ keys })}\n`);
  return 0;
}

/** Factors and sizes as given, each size asked for where a factor needs it. */
function ownMask(given: Arguments): Mask {
  if (given.has('layer')) throw new Failure('bad-input', '--layer is one of a --preset.');
  const factors = given.has('factors') ? factorUnion(given) : patternFactors(given);
  const length = given.requiredCount('length', 1, MAX_POSITIONS);
  const strideless = factors.every((factor) => factor === 'dense' || factor === 'sink');
  const stride = strideless ? MAX_POSITIONS : given.requiredCount('stride', 1, MAX_POSITIONS);
  const hasCells = factors.includes('summary') || factors.includes('sink');
  const summaryCells = hasCells ? given.requiredCount('summary-cells', 1, stride) : 1;
  const dilation = given.count('dilation', USUAL_DILATION, 1, MAX_POSITIONS);
  const nHead = given.count('heads', 1, 1, 4096);
  const geometry = { stride, summaryCells, dilation, nHead };
  return { factors, geometry, length, head: given.count('head', 0, 0, nHead - 1) };
}

/** A head of a layer of a named experiment, at its own length or another one. */
function presetMask(given: Arguments): Mask {
  const ids = EXPERIMENTS.map(({ id }) => id);
  const { layers, geometry, ...experiment } = experimentNamed(given.choice('preset', ids, ''));
  const own = ['stride', 'summary-cells', 'dilation', 'heads', 'factor', 'merged'].find((name) =>
    given.has(name),
  );
  if (own) throw new Failure('bad-input', `--preset has its own --${own}; only --length can be changed.`);
  const layer = layers[given.count('layer', 0, 0, layers.length - 1)] ?? [];
  const head = given.count('head', 0, 0, geometry.nHead - 1);
  const factors = layer[head % layer.length] ?? [];
  return { factors, geometry, head, length: given.count('length', experiment.length, 1, MAX_POSITIONS) };
}

/** One factor of a pattern, or the union of all. */
function patternFactors(given: Arguments): readonly Factor[] {
  given.required('pattern');
  const pattern = given.choice<Pattern>('pattern', ['dense', 'local', 'strided', 'fixed'], 'dense');
  const all = PATTERN_FACTORS[pattern];
  if (!given.has('factor')) return all;
  if (given.flag('merged')) {
    throw new Failure('bad-input', '--factor and --merged exclude each other: one factor, or both joined.');
  }
  const index = given.requiredCount('factor', 0, 1);
  const factor = all[index];
  if (!factor) throw new Failure('bad-input', `The pattern ${pattern} has factor 0 only.`);
  return [factor];
}

/** Any factors that one head can join; those that it cannot are told of before their sizes are asked for. */
function factorUnion(given: Arguments): readonly Factor[] {
  if (given.has('factor'))
    throw new Failure('bad-input', '--factor is one of a --pattern; name it in --factors.');
  const factors = given.choices('factors', FACTORS) ?? [];
  try {
    segmentsOf(factors, { stride: 2, summaryCells: 1, nHead: 1 }, 2);
  } catch (error) {
    throw error instanceof RangeError ? new Failure('bad-input', `--factors: ${error.message}`) : error;
  }
  return factors;
}
