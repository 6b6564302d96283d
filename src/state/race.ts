// A race: the same data, seed and sizes for one pattern after another, as in the paper's Table 2.

import type { Pattern } from '../patterns/index.ts';
import type { RunConfig } from '../protocol/index.ts';
import { patternChoice, withPattern } from './draft.ts';

export interface RaceSlice {
  /** All runs, in turn. */
  readonly runs: readonly RunConfig[];
  /** Which of them is under way. */
  readonly at: number;
}

const PATTERNS: readonly Pattern[] = ['dense', 'strided', 'fixed'];

/** What a race from these settings trains. */
export function raceOf(run: RunConfig): readonly RunConfig[] {
  const { pattern, form } = patternChoice(run);
  return PATTERNS.map((each) => (each === pattern ? run : withPattern(run, each, form)));
}
