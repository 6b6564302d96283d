// Choices come back as they were; whatever else stands in the storage costs a choice, and never the page.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { presets } from '../model/presets.ts';
import { readSettings, writeSettings } from './persist.ts';
import { initialSettings, type SettingsSlice } from './settings.ts';

class MemoryStorage {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
}

const changed: SettingsSlice = {
  run: presets.medium,
  data: { kind: 'image', side: 16, channels: 1, rateHz: null },
  generate: { ...initialSettings.generate, prompt: 'Dear', seed: 42 },
  chart: { axis: 'seconds', scale: 'linear' },
  tour: { seen: true },
};

test('what was chosen comes back', () => {
  const storage = new MemoryStorage();
  writeSettings(storage, changed, initialSettings);
  expect(readSettings(storage)).toEqual(changed);
});

test('only what changed is written', () => {
  const storage = new MemoryStorage();
  writeSettings(storage, { ...initialSettings, chart: changed.chart }, initialSettings);
  expect([...storage.items.keys()]).toEqual(['weft-chart']);
});

test('an empty storage gives the defaults', () => {
  expect(readSettings(new MemoryStorage())).toEqual(initialSettings);
});

test('settings that cannot run yet leave those before them, and a long beginning is cut', () => {
  const storage = new MemoryStorage();
  writeSettings(storage, changed, initialSettings);
  const { run, generate } = changed;
  const odd = { ...run, model: { ...run.model, nHead: 3 } };
  writeSettings(
    storage,
    { ...changed, run: odd, generate: { ...generate, prompt: 'x'.repeat(200_000) } },
    changed,
  );
  expect(readSettings(storage)).toEqual({
    ...changed,
    generate: { ...generate, prompt: 'x'.repeat(100_000) },
  });
});

test('one damaged entry costs that entry alone', () => {
  const storage = new MemoryStorage();
  writeSettings(storage, changed, initialSettings);
  storage.setItem('weft-generate', '{"prompt":');
  expect(readSettings(storage)).toEqual({ ...changed, generate: initialSettings.generate });
});

test('any content is survived', () => {
  const content = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom('null', '[]', '{}', '{"__proto__":{"polluted":1}}', `[${'['.repeat(10_000)}`),
    fc.json().map((json) => JSON.stringify({ ...changed.run, model: JSON.parse(json) as unknown })),
  );
  fc.assert(
    fc.property(content, (text) => {
      const storage = new MemoryStorage();
      for (const name of ['run', 'data', 'generate', 'chart']) storage.setItem(`weft-${name}`, text);
      const { run, generate, chart } = readSettings(storage);
      expect(run.model.nLayer).toBeGreaterThan(0);
      expect(generate.length).toBeGreaterThan(0);
      expect(['steps', 'seconds']).toContain(chart.axis);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    }),
  );
});

test('a storage that throws is survived', () => {
  const broken = {
    getItem: () => {
      throw new Error('denied');
    },
    setItem: () => {
      throw new Error('full');
    },
  };
  expect(readSettings(broken)).toEqual(initialSettings);
  expect(() => writeSettings(broken, changed, initialSettings)).not.toThrow();
});
