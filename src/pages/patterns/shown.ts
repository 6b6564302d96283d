// A pattern as the page shows it: its layers, its heads as segments, and its name.

import { useMemo } from 'react';
import { attentionWords } from '../../components/attentionWords.ts';
import {
  attentionForm,
  FACTOR_WORDS,
  type Factor,
  type LayerFactors,
  type LayerHeads,
  type PatternHead,
} from '../../patterns/index.ts';
import { drawnHeads, headsOf, type PatternSettings, type Sizes } from './settings.ts';

export interface ShownPattern {
  readonly layers: LayerFactors;
  /** "Strided", or the factors of a mixture. */
  readonly name: string;
  /** The same where there is little room. */
  readonly shortName: string;
  /** "interleaved, stride 8". */
  readonly words: string;
  /** All layers of a turn, and the heads of each that differ. */
  readonly heads: LayerHeads;
  /** What is drawn: one layer or all, one head or all. */
  readonly drawn: readonly PatternHead[];
}

/** The sizes among the settings: the same object until one of them changes, since what follows may take long. */
export function useSizes({ length, stride, summaryCells, dilation, nHead }: Sizes): Sizes {
  return useMemo(
    () => ({ length, stride, summaryCells, dilation, nHead }),
    [length, stride, summaryCells, dilation, nHead],
  );
}

/** Anew only when the pattern is another one. Null for no layers. */
export function useShownPattern(
  sizes: Sizes,
  { layer, head }: Pick<PatternSettings, 'layer' | 'head'>,
  layers: LayerFactors | null,
): ShownPattern | null {
  const pattern = useMemo(
    () => layers && { layers, heads: headsOf(sizes, layers), ...titleOf(sizes, layers) },
    [layers, sizes],
  );
  return useMemo(
    () => pattern && { ...pattern, drawn: drawnHeads(sizes, pattern.layers, layer, head) },
    [pattern, sizes, layer, head],
  );
}

function titleOf(
  { stride, summaryCells, dilation }: Sizes,
  layers: LayerFactors,
): Pick<ShownPattern, 'name' | 'shortName' | 'words'> {
  const { pattern } = attentionForm(layers);
  const [, ...rest] = attentionWords({ stride, summaryCells, dilation, layers }).split(', ');
  const name = pattern ?? listed(usedFactors(layers).map((factor) => FACTOR_WORDS[factor]));
  return {
    name: name.charAt(0).toUpperCase() + name.slice(1),
    words: rest.join(', '),
    shortName: pattern ?? 'mixture',
  };
}

/** "a, b and c". */
function listed(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' and ');
}

/** Factors that patterns use, in the order of their first use. */
export function usedFactors(...all: readonly (LayerFactors | null)[]): readonly Factor[] {
  return [...new Set(all.flatMap((layers) => layers?.flat(2) ?? []))];
}
