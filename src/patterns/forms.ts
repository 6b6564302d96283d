// The paper's patterns and the three ways to use their factors (section 5.1), by name: interleaved gives
// the layers one factor in turn, merged joins them in each head, multi-head gives them to the heads in turn.

import { USUAL_DILATION } from './factors.ts';
import type { Factor } from './segment.ts';

export type Pattern = 'dense' | 'local' | 'strided' | 'fixed';
export type Form = 'interleaved' | 'merged' | 'multiHead';

/** Which factors attend where: by layer, then by head, then the union of one head (see `AttentionConfig`). */
export type LayerFactors = readonly (readonly (readonly Factor[])[])[];

/** The factors of each pattern, in the order of the paper's A(1), A(2). */
export const PATTERN_FACTORS: Readonly<Record<Pattern, readonly Factor[]>> = {
  dense: ['dense'],
  local: ['local'],
  strided: ['local', 'column'],
  fixed: ['ownBlock', 'summary'],
};

/** What people read for each factor. */
export const FACTOR_WORDS: Readonly<Record<Factor, string>> = {
  dense: 'dense',
  local: 'local',
  column: 'column',
  ownBlock: 'own block',
  summary: 'summary',
  previousBlock: 'previous block',
  dilated: 'dilated',
  sink: 'sink',
};

/**
 * The layers of a pattern in a form. `cycle` is the order and ratio in which its factors take turns over the
 * layers, or over the heads; each once unless given. Patterns of one factor have no forms.
 */
export function attentionLayers(
  pattern: Pattern,
  form: Form,
  cycle: readonly Factor[] = PATTERN_FACTORS[pattern],
): LayerFactors {
  return layersOf(PATTERN_FACTORS[pattern], form, cycle);
}

/** The same for any factors; merged, they must be disjoint (`segmentsOf`). */
export function layersOf(
  factors: readonly Factor[],
  form: Form,
  cycle: readonly Factor[] = factors,
): LayerFactors {
  if (factors.length === 1 || form === 'merged') return [[factors]];
  return form === 'interleaved' ? cycle.map((factor) => [[factor]]) : [cycle.map((factor) => [factor])];
}

export interface AttentionForm {
  /** Undefined for factors that are no pattern of the paper's. */
  readonly pattern: Pattern | undefined;
  /** Undefined for one factor, which has no form, and for mixtures of forms. */
  readonly form: Form | undefined;
  /** The factors' turns, where they take turns. */
  readonly cycle: readonly Factor[];
}

/** The inverse of `attentionLayers`. */
export function attentionForm(layers: LayerFactors): AttentionForm {
  const used = new Set(layers.flat(2));
  const patterns = Object.keys(PATTERN_FACTORS) as Pattern[];
  const pattern = patterns.find((name) => {
    const factors = PATTERN_FACTORS[name];
    return factors.length === used.size && factors.every((factor) => used.has(factor));
  });
  const items = layers.flat();
  const alone = items.every((item) => item.length === 1);
  if (used.size === 1) return { pattern, form: undefined, cycle: [] };
  if (items.length === 1) return { pattern, form: 'merged', cycle: [] };
  if (alone && layers.length === 1) return { pattern, form: 'multiHead', cycle: items.flat() };
  if (alone && layers.every((heads) => heads.length === 1)) {
    return { pattern, form: 'interleaved', cycle: items.flat() };
  }
  return { pattern, form: undefined, cycle: [] };
}

const FORM_WORDS = { interleaved: 'interleaved', merged: 'merged', multiHead: 'multi-head' } as const;

/** An attention configuration in words: "strided, merged, l 128". */
export function describeAttention(attention: {
  readonly layers: LayerFactors;
  readonly stride: number;
  readonly summaryCells: number;
  readonly dilation?: number | undefined;
}): string {
  const used = [...new Set(attention.layers.flat(2))];
  const { pattern, form, cycle } = attentionForm(attention.layers);
  const words: string[] = [pattern ?? used.map((factor) => FACTOR_WORDS[factor]).join(' with ')];
  if (used.length > 1) {
    const turns = cycle.map((factor) => FACTOR_WORDS[factor]).join(', ');
    const usual = pattern !== undefined && cycle.join() === PATTERN_FACTORS[pattern].join();
    const formWord = form ? FORM_WORDS[form] : 'mixed';
    words.push(cycle.length > 0 && !usual ? `${formWord} (${turns})` : formWord);
  }
  if (used.some((factor) => factor !== 'dense')) words.push(`l ${attention.stride}`);
  if (used.includes('summary') || used.includes('sink')) words.push(`c ${attention.summaryCells}`);
  if (used.includes('dilated')) words.push(`gap ${attention.dilation ?? USUAL_DILATION}`);
  return words.join(', ');
}
