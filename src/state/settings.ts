// What the person chose, and finds again next time: the next run, how to generate, how to look at the curve.

import { presets } from '../model/presets.ts';
import type { GenerateRequest, RunConfig } from '../protocol/index.ts';

export interface ChartSettings {
  readonly axis: 'steps' | 'seconds';
  readonly scale: 'log' | 'linear';
}

/** A request, its beginning as it was typed. */
export interface GenerateSettings extends Omit<GenerateRequest, 'prompt' | 'samples'> {
  readonly prompt: string;
}

export interface SettingsSlice {
  readonly run: RunConfig;
  readonly generate: GenerateSettings;
  readonly chart: ChartSettings;
}

export const initialSettings: SettingsSlice = {
  run: presets.tiny,
  generate: { prompt: '', length: 400, temperature: 0.8, topK: 0, topP: 1, seed: 1 },
  chart: { axis: 'steps', scale: 'log' },
};
