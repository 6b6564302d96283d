// Patterns and forms as choices: what can be chosen for given layers, and the layers that a choice makes.

import {
  attentionForm,
  attentionLayers,
  type Factor,
  type Form,
  type LayerFactors,
  layersOf,
  type Pattern,
  segmentsOf,
} from '../../patterns/index.ts';

const FORM_LABELS: Readonly<Record<Form, string>> = {
  interleaved: 'interleaved',
  merged: 'merged',
  multiHead: 'multi-head',
};

export function patternOptions(layers: LayerFactors): {
  readonly pattern: Pattern | undefined;
  readonly form: Form;
} {
  const { pattern, form } = attentionForm(layers);
  return { pattern, form: form ?? 'interleaved' };
}

const factorsIn = (layers: LayerFactors): readonly Factor[] => [...new Set(layers.flat(2))];

function joinable(factors: readonly Factor[]): boolean {
  if (factors.includes('dense')) return false;
  try {
    segmentsOf(factors, { stride: 2, summaryCells: 1, nHead: 1 }, 2);
    return true;
  } catch {
    return false;
  }
}

/** The forms in which the factors of `layers` can be used; one factor has none. */
export function formOptions(layers: LayerFactors): readonly { value: Form; label: string }[] {
  const factors = factorsIn(layers);
  if (factors.length < 2) return [];
  const forms: readonly Form[] = joinable(factors)
    ? ['interleaved', 'merged', 'multiHead']
    : ['interleaved', 'multiHead'];
  return forms.map((value) => ({ value, label: FORM_LABELS[value] }));
}

/** The same factors in another form; turns are kept where both forms have them. */
export function withForm(layers: LayerFactors, form: Form): LayerFactors {
  const { cycle } = attentionForm(layers);
  const factors = factorsIn(layers);
  return layersOf(factors, form, cycle.length > 0 ? cycle : factors);
}

export function withPattern(pattern: Pattern, form: Form): LayerFactors {
  return attentionLayers(pattern, form);
}
