// Everything that the Patterns page shows follows from these settings; they are what its address says.

import type { View } from '../../components/attention/view.ts';
import { clampView, wholeView } from '../../components/attention/view.ts';
import {
  attentionLayers,
  distinctHeads,
  type LayerFactors,
  type LayerHeads,
  type PatternHead,
  segmentsOf,
  USUAL_DILATION,
} from '../../patterns/index.ts';

export type Medium = 'picture' | 'text' | 'sound';

export interface PatternSettings {
  readonly length: number;
  readonly stride: number;
  readonly summaryCells: number;
  readonly dilation: number;
  readonly nHead: number;
  readonly layers: LayerFactors;
  /** A second pattern, drawn beside the first; null for none. */
  readonly beside: LayerFactors | null;
  /** Which layer of a turn is drawn, from 0; null for all of them laid over each other. */
  readonly layer: number | null;
  /** Which head is drawn, from 0; null for all. */
  readonly head: number | null;
  readonly query: number;
  /** The other end of the path. */
  readonly source: number;
  readonly view: View;
  readonly medium: Medium;
  /** Positions in a row of the picture. */
  readonly row: number;
}

export const LIMITS = {
  length: [16, 2 ** 20],
  stride: [1, 2 ** 20],
  cells: [1, 2 ** 20],
  dilation: [1, 2 ** 20],
  heads: [1, 64],
  row: [1, 2 ** 20],
} as const;

const LENGTH = 64;

export const INITIAL: PatternSettings = {
  length: LENGTH,
  stride: 8,
  summaryCells: 2,
  dilation: USUAL_DILATION,
  nHead: 1,
  layers: attentionLayers('strided', 'interleaved'),
  beside: attentionLayers('fixed', 'interleaved'),
  layer: null,
  head: null,
  query: 52,
  source: 3,
  view: wholeView(LENGTH),
  medium: 'picture',
  row: 8,
};

const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));

/**
 * Settings changed, and what depends on them brought back into its bounds: a position stays where it was, relatively,
 * when the length changes; the picture's row follows the stride it was equal to.
 */
export function changed(settings: PatternSettings, change: Partial<PatternSettings>): PatternSettings {
  const wanted = { ...settings, ...change };
  // Heads that take turns must be there.
  const listed = [...wanted.layers, ...(wanted.beside ?? [])].map((heads) => heads.length);
  const next = { ...wanted, nHead: Math.max(wanted.nHead, ...listed) };
  const { length, stride } = next;
  const moved = length !== settings.length;
  const scaled = (position: number) => Math.floor((position / settings.length) * length);
  const query = moved && change.query === undefined ? scaled(next.query) : next.query;
  const source = moved && change.source === undefined ? scaled(next.source) : next.source;
  const followed = settings.row === settings.stride && change.row === undefined;
  return {
    ...next,
    summaryCells: clamp(next.summaryCells, 1, stride),
    query: clamp(query, 0, length - 1),
    source: clamp(source, 0, length - 1),
    layer: next.layer !== null && next.layer < next.layers.length ? next.layer : null,
    head: next.head !== null && next.head < next.nHead ? next.head : null,
    row: clamp(followed ? stride : next.row, 1, length),
    view: moved && change.view === undefined ? wholeView(length) : clampView(next.view, length),
  };
}

/** What a pattern's segments depend on besides its layers. */
export type Sizes = Pick<PatternSettings, 'length' | 'stride' | 'summaryCells' | 'dilation' | 'nHead'>;

/** The heads of one turn of the layers, those of each layer that differ. */
export function headsOf({ length, ...geometry }: Sizes, layers: LayerFactors): LayerHeads {
  return layers.map((heads) => distinctHeads(heads, geometry, length));
}

/** The heads that are drawn: of one layer or of all, and of one head or of all; each once. */
export function drawnHeads(
  sizes: Sizes,
  layers: LayerFactors,
  layer: number | null,
  head: number | null,
): readonly PatternHead[] {
  const chosen = layer === null ? layers : [layers[layer % layers.length] ?? []];
  const { length, ...geometry } = sizes;
  const heads =
    head === null
      ? headsOf(sizes, chosen).flat()
      : chosen.map((each) => ({
          head,
          segments: segmentsOf(each[head % each.length] ?? [], geometry, length),
        }));
  const seen = new Set<string>();
  return heads.filter((one) => {
    const key = JSON.stringify(one);
    return !seen.has(key) && seen.add(key);
  });
}
