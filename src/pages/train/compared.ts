// Runs side by side: the number, colour and line of each, and in which settings they differ.

import { count, setting } from '../../components/format.ts';
import { attentionForm, type Pattern } from '../../patterns/index.ts';
import type { RunConfig } from '../../protocol/index.ts';
import { drawn } from '../../state/curve.ts';
import type { RunRecord } from '../../state/run.ts';

const COLOURS: Readonly<Record<Pattern, string>> = {
  dense: 'var(--factor-dense)',
  local: 'var(--factor-local)',
  strided: 'var(--factor-column)',
  fixed: 'var(--factor-ownBlock)',
};

/** The colour of a run's pattern. */
export function colourOf({ model }: RunConfig): string {
  const { pattern } = attentionForm(model.attention.layers);
  return pattern ? COLOURS[pattern] : 'var(--dim)';
}

/** What was measured on held-out data, or where that is hardly anything, what was learnt from. */
export function lineOf({ evaluations, curve }: RunRecord, axis: 'steps' | 'seconds') {
  const points = evaluations.length > 1 ? evaluations : drawn(curve);
  return points
    .filter(({ bitsPerByte }) => Number.isFinite(bitsPerByte))
    .map((point) => ({ x: axis === 'steps' ? point.step : point.seconds, bits: point.bitsPerByte }));
}

/** Settings that are worth a word where runs differ in them, beside the pattern. */
const SETTINGS: readonly (readonly [name: string, value: (run: RunConfig) => string])[] = [
  ['context', ({ model }) => count(model.contextLength)],
  ['layers', ({ model }) => count(model.nLayer)],
  ['width', ({ model }) => count(model.dModel)],
  ['heads', ({ model }) => count(model.nHead)],
  ['dropout', ({ model }) => setting(model.dropout)],
  ['steps', ({ training }) => count(training.steps)],
  ['batch', ({ training }) => count(training.microBatch * training.accumulation)],
  ['rate', ({ training }) => setting(training.learningRate)],
  ['seed', ({ training }) => String(training.seed)],
  ['precision', ({ training }) => training.precision],
];

/** For each run, what sets it apart from the others: "width 64", "seed 2". */
export function differences(runs: readonly RunConfig[]): readonly (readonly string[])[] {
  const differing = SETTINGS.filter(([, value]) => new Set(runs.map(value)).size > 1);
  return runs.map((run) => differing.map(([name, value]) => `${name} ${value(run)}`));
}
