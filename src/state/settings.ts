// What the person chose, and finds again next time: the next run, how to read data, how to generate, how to look at
// the curve.

import { presets } from '../model/presets.ts';
import type { DataOptions, RunConfig } from '../protocol/index.ts';
import { type GenerateSettings, initialGenerate } from './request.ts';

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
  readonly data: DataSettings;
  readonly generate: GenerateSettings;
  readonly chart: ChartSettings;
  readonly tour: TourSettings;
}

/** How files are read; null leaves it to what the files are. */
export interface DataSettings {
  readonly kind: DataOptions['kind'];
  /** Pixels on a side of a picture. */
  readonly side: number | null;
  readonly channels: 1 | 3 | null;
  readonly rateHz: number | null;
}

export const initialSettings: SettingsSlice = {
  run: presets.tiny,
  data: { kind: 'auto', side: null, channels: null, rateHz: null },
  generate: initialGenerate,
  chart: { axis: 'steps', scale: 'log' },
  tour: { seen: false },
};

export function dataOptions({ kind, side, channels, rateHz }: DataSettings): DataOptions {
  return {
    kind,
    ...(side !== null && { size: side }),
    ...(channels !== null && { channels }),
    ...(rateHz !== null && { rateHz }),
  };
}
