// `mask`: which keys each query of a pattern sees.

import { Failure } from '../src/lib/errors.ts';
import {
  type Factor,
  headPairs,
  keysOf,
  PATTERN_FACTORS,
  type Pattern,
  type PatternGeometry,
  segmentsOf,
} from '../src/patterns/index.ts';
import { Arguments } from './arguments.ts';
import type { Output } from './output.ts';

const MAX_POSITIONS = 2 ** 20;
/** Key positions that are printed at most: some 20 MB. */
const MAX_PAIRS = 4e6;

export const maskOptions = {
  pattern: 'value',
  length: 'value',
  stride: 'value',
  'summary-cells': 'value',
  head: 'value',
  heads: 'value',
  factor: 'value',
  merged: 'flag',
  json: 'flag',
} as const;

export async function runMask(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, maskOptions);
  given.required('pattern');
  const pattern = given.choice<Pattern>('pattern', ['dense', 'local', 'strided', 'fixed'], 'dense');
  const length = given.requiredCount('length', 1, MAX_POSITIONS);
  const stride = pattern === 'dense' ? 1 : given.requiredCount('stride', 1, MAX_POSITIONS);
  const factors = chosenFactors(pattern, given);
  const summaryCells = factors.includes('summary') ? given.requiredCount('summary-cells', 1, stride) : 1;
  const nHead = given.count('heads', 1, 1, 4096);
  const head = given.count('head', 0, 0, nHead - 1);

  const geometry: PatternGeometry = { stride, summaryCells, nHead };
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

/** One factor of the pattern, or the union of all. */
function chosenFactors(pattern: Pattern, given: Arguments): readonly Factor[] {
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
