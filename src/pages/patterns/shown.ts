// A pattern as the page shows it: its layers, its heads as segments, and its name.

import { attentionWords } from '../../components/attentionWords.ts';
import { attentionForm, type LayerFactors, type LayerHeads, type PatternHead } from '../../patterns/index.ts';
import { drawnHeads, headsOf, type PatternSettings } from './settings.ts';

export interface ShownPattern {
  readonly layers: LayerFactors;
  /** "Strided", or "Pattern" for a mixture. */
  readonly name: string;
  /** "interleaved, stride 8". */
  readonly words: string;
  /** All layers of a turn. */
  readonly heads: LayerHeads;
  /** What is drawn: one layer, or all. */
  readonly drawn: readonly PatternHead[];
}

export function shownPattern(settings: PatternSettings, layers: LayerFactors): ShownPattern {
  const { stride, summaryCells, dilation, layer } = settings;
  const heads = headsOf(settings, layers);
  const { pattern } = attentionForm(layers);
  const all = attentionWords({ stride, summaryCells, dilation, layers });
  const [first = '', ...rest] = all.split(', ');
  const name = pattern ?? first;
  return {
    layers,
    name: name.charAt(0).toUpperCase() + name.slice(1),
    words: rest.join(', '),
    heads,
    drawn: drawnHeads(heads, layer),
  };
}

/** Factors that a pattern uses, in the order of their first use. */
export function usedFactors(...all: readonly (LayerFactors | null)[]) {
  return [...new Set(all.flatMap((layers) => layers?.flat(2) ?? []))];
}
