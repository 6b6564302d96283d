// The keys of a query in words: for tables, for screen readers, for labels of pictures.

import { FACTOR_WORDS, type KeyRun, keyCount } from '../../patterns/index.ts';
import { count } from '../format.ts';

/** "7", "5–12", or "4, 12 … 44 (6, every 8)". */
export function runWords({ first, width, step, count: stretches }: KeyRun): string {
  const stretch = (from: number) => (width === 1 ? count(from) : `${count(from)}–${count(from + width - 1)}`);
  if (stretches === 1) return stretch(first);
  const last = stretch(first + (stretches - 1) * step);
  if (stretches === 2) return `${stretch(first)}, ${last}`;
  return `${stretch(first)}, ${stretch(first + step)} … ${last} (${count(stretches)}, every ${count(step)})`;
}

/** "Position 52 looks at 14 positions: local 45–52, column 4, 12 … 44 (6, every 8)." */
export function queryWords(position: number, runs: readonly KeyRun[], keys = keyCount(runs)): string {
  if (runs.length === 0) return `Position ${count(position)} looks at nothing.`;
  const parts = runs.slice(0, 8).map((run) => `${FACTOR_WORDS[run.factor]} ${runWords(run)}`);
  const more = runs.length > 8 ? `, and ${runs.length - 8} runs more` : '';
  return `Position ${count(position)} looks at ${count(keys)} ${keys === 1 ? 'position' : 'positions'}: ${parts.join(', ')}${more}.`;
}
