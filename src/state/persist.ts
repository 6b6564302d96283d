// The person's choices in the browser's storage, one entry each. What is read back may be anything: an entry
// that is damaged, or of another version, costs that entry and nothing else.

import { MAX_RATE_HZ, MAX_SIDE, type MediumKind, MIN_RATE_HZ } from '../data/medium.ts';
import { Fields, readObject } from '../lib/fields.ts';
import { parseRunConfig } from '../model/parse.ts';
import { type GenerateSettings, MAX_SAMPLES, MAX_SECONDS } from './request.ts';
import {
  type ChartSettings,
  type DataSettings,
  initialSettings,
  type SettingsSlice,
  type TourSettings,
} from './settings.ts';

/** Characters of a beginning that are kept for the next visit. */
const MAX_PROMPT = 100_000;

type Store = Pick<Storage, 'getItem' | 'setItem'>;

const parsers: { [K in keyof SettingsSlice]: (fields: Fields) => SettingsSlice[K] } = {
  run: parseRunConfig,
  data: (fields): DataSettings => {
    const kinds = ['auto', 'text', 'image', 'audio'] as const;
    const optional = (name: string, min: number, max: number) =>
      fields.value(name) === null ? null : fields.count(name, min, max);
    const channels = optional('channels', 1, 3);
    return {
      kind: kinds.find((kind) => kind === fields.value('kind')) ?? 'auto',
      side: optional('side', 1, MAX_SIDE),
      channels: channels === 1 || channels === 3 ? channels : null,
      rateHz: optional('rateHz', MIN_RATE_HZ, MAX_RATE_HZ),
    };
  },
  generate: (fields): GenerateSettings => ({
    prompt: fields.text('prompt', MAX_PROMPT),
    length: fields.count('length', 1, 2 ** 20),
    seconds: fields.number('seconds', 0.01, MAX_SECONDS),
    samples: byMedium(fields.object('samples'), (each, kind) => each.count(kind, 1, MAX_SAMPLES)),
    temperature: byMedium(fields.object('temperature'), (each, kind) => each.number(kind, 0, 10)),
    topK: fields.count('topK', 0, 256),
    topP: fields.number('topP', 0, 1),
    seed: fields.count('seed', 0, 2 ** 32 - 1),
  }),
  chart: (fields): ChartSettings => ({
    axis: fields.text('axis', 10) === 'seconds' ? 'seconds' : 'steps',
    scale: fields.text('scale', 10) === 'linear' ? 'linear' : 'log',
  }),
  tour: (fields): TourSettings => ({ seen: fields.flag('seen') }),
};

/** One value for each kind of data. */
function byMedium(
  fields: Fields,
  read: (fields: Fields, kind: MediumKind) => number,
): Readonly<Record<MediumKind, number>> {
  return { text: read(fields, 'text'), image: read(fields, 'image'), audio: read(fields, 'audio') };
}

const entry = (name: string) => `weft-${name}`;

function read<K extends keyof SettingsSlice>(store: Store, name: K): SettingsSlice[K] {
  try {
    const stored = store.getItem(entry(name));
    return stored === null ? initialSettings[name] : parsers[name](readObject(stored, `The stored ${name}`));
  } catch {
    // Storage may be forbidden altogether, and a choice that cannot be read is not worth a word.
    return initialSettings[name];
  }
}

export function readSettings(store: Store): SettingsSlice {
  return {
    run: read(store, 'run'),
    data: read(store, 'data'),
    generate: read(store, 'generate'),
    chart: read(store, 'chart'),
    tour: read(store, 'tour'),
  };
}

const kept = (settings: SettingsSlice): SettingsSlice => ({
  ...settings,
  generate: { ...settings.generate, prompt: settings.generate.prompt.slice(0, MAX_PROMPT) },
});

/** Stores what has changed since `before`. */
export function writeSettings(store: Store, now: SettingsSlice, before: SettingsSlice): void {
  for (const name of Object.keys(now) as (keyof SettingsSlice)[]) {
    if (now[name] === before[name]) continue;
    try {
      const value = kept(now)[name];
      parsers[name](new Fields(value, name));
      store.setItem(entry(name), JSON.stringify(value));
    } catch {
      // It could not be read back, as settings that cannot run yet, and what was stored before is of more use; or the
      // store is full or forbidden. The choice then lasts for this visit.
    }
  }
}
