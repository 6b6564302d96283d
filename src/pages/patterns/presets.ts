// Patterns worth looking at, as the page shows them at first: the whole of each, and a position near its end.

import { wholeView } from '../../components/attention/view.ts';
import { attentionLayers, EXPERIMENTS, type Experiment, USUAL_DILATION } from '../../patterns/index.ts';
import { changed, INITIAL, type PatternSettings } from './settings.ts';

export interface PatternPreset extends Pick<Experiment, 'id' | 'name' | 'group' | 'words'> {
  readonly settings: PatternSettings;
}

/** What is shown of some of them beside the pattern itself. */
const shows: Readonly<Record<string, Partial<PatternSettings>>> = {
  small: { query: INITIAL.query, source: INITIAL.source, beside: INITIAL.beside },
  figure3: { query: 27, source: 2, beside: attentionLayers('fixed', 'merged') },
  enwik8: { head: 0 },
  reverse: { source: 100, beside: attentionLayers('fixed', 'interleaved') },
};

function settingsOf({ id, length, geometry, layers, medium, row }: Experiment): PatternSettings {
  return changed(INITIAL, {
    ...{ length, layers, medium, row: row ?? geometry.stride },
    ...{ ...geometry, dilation: geometry.dilation ?? USUAL_DILATION },
    ...{ beside: null, view: wholeView(length) },
    ...{ query: Math.floor(length * 0.8), source: Math.floor(length / 20) },
    ...shows[id],
  });
}

export const PRESETS: readonly PatternPreset[] = EXPERIMENTS.map((experiment) => {
  const { id, name, group, words } = experiment;
  return { id, name, group, words, settings: settingsOf(experiment) };
});

/** The preset that settings equal, but for what is merely looked at: position, view, layer. */
export function presetOf(settings: PatternSettings): PatternPreset | undefined {
  const bare = ({ layer, head, query, source, view, medium, row, ...rest }: PatternSettings) =>
    JSON.stringify(rest);
  return PRESETS.find((preset) => bare(preset.settings) === bare(settings));
}
