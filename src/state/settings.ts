// What the person chose, and finds again next time: the next run, how to generate, how to look at the curve.

import { presets } from '../model/presets.ts';
import type { GenerateRequest, RunConfig } from '../protocol/index.ts';

export interface ChartSettings {
  readonly axis: 'steps' | 'seconds';
  readonly scale: 'log' | 'linear';
}

export interface TourSettings {
  /** It was ended once, wherever. */
  readonly seen: boolean;
}

export interface SettingsSlice {
  readonly run: RunConfig;
  readonly generate: GenerateRequest;
  readonly chart: ChartSettings;
  readonly tour: TourSettings;
}

export const initialSettings: SettingsSlice = {
  run: presets.tiny,
  generate: { prompt: '', length: 400, temperature: 0.8, topK: 0, topP: 1, seed: 1 },
  chart: { axis: 'steps', scale: 'log' },
  tour: { seen: false },
};
