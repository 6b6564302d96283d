// Commands against an engine that answers as it is told: what they ask, and what they leave in the store.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Client, startEngine } from '../client/client.ts';
import { presets } from '../model/presets.ts';
import type { DatasetInfo, Result, WireError } from '../protocol/index.ts';
import * as commands from './commands.ts';
import { heldOut, stepsDone } from './run.ts';
import { initialState, useWeft } from './store.ts';

const dataset = (name: string): DatasetInfo => ({
  id: name,
  name,
  kind: 'text',
  sizeBytes: 100,
  trainBytes: 90,
  validationBytes: 5,
  testBytes: 5,
  gzipBitsPerByte: 3,
  entropyBitsPerByte: 4.5,
  preview: '',
});
const cost = {
  parameters: 1,
  memoryBytes: 1,
  tokensPerStep: 1,
  flopsPerStep: 1,
  attentionSaving: 2,
  problems: [],
};
const refused: WireError = { code: 'bad-file', message: 'This file is empty.' };

let asked: [method: string, ...parameters: unknown[]][];
let answers: Record<string, Result<unknown>>;
let handlers: Parameters<typeof startEngine>[0];

const storage = { getItem: () => null, setItem: () => {} } as unknown as Storage;
const start = (given: typeof handlers): Client => {
  handlers = given;
  const call = (method: string, ...parameters: unknown[]) => {
    asked.push([method, ...parameters]);
    const fallback: Record<string, unknown> = {
      openData: dataset((parameters[0] as File | undefined)?.name ?? ''),
      preflight: cost,
      listRuns: [],
    };
    return Promise.resolve(answers[method] ?? { ok: true, value: fallback[method] });
  };
  return { call: call as Client['call'], restart: () => {}, dispose: () => {} };
};

beforeEach(() => {
  asked = [];
  answers = {};
  useWeft.setState(initialState, true);
  commands.begin(start, storage);
});

const state = useWeft.getState;
const file = new File(['text'], 'letters.txt');
const methods = () => asked.map(([method]) => method);

describe('opening a text', () => {
  test('goes through reading to open', async () => {
    const opening = commands.openFile(file);
    expect(state().data).toEqual({ state: 'reading', name: 'letters.txt', still: null });
    await opening;
    expect(state().data).toMatchObject({ state: 'open', info: { name: 'letters.txt' } });
  });

  test('that is refused says why, and the one before stays', async () => {
    await commands.openFile(file);
    answers.openData = { ok: false, error: refused };
    await commands.openFile(new File([], 'empty.txt'));
    expect(state().data).toMatchObject({
      state: 'refused',
      name: 'empty.txt',
      error: refused,
      still: { name: 'letters.txt' },
    });
  });
});

describe('a run', () => {
  test('needs a text', async () => {
    await commands.startRun();
    expect(methods()).not.toContain('startRun');
    expect(state().run.record).toBeNull();
  });

  test('starts with the settings, under the name of its text', async () => {
    await commands.openFile(file);
    commands.changeSettings({ run: presets.small });
    await commands.startRun();
    expect(asked.find(([method]) => method === 'startRun')).toEqual([
      'startRun',
      { ...presets.small, name: 'letters.txt' },
      false,
    ]);
    expect(state().run.record?.setup.cost).toEqual(cost);
  });

  test('from weights at hand keeps their model', async () => {
    await commands.openFile(file);
    const { model, medium } = presets.medium;
    const info = { config: model, medium, parameters: 1, name: 'a', step: 1 };
    handlers.onEvent({ type: 'model', model: info });
    await commands.startRun(true);
    expect(asked.find(([method]) => method === 'startRun')).toEqual([
      'startRun',
      { ...presets.tiny, model, name: 'letters.txt' },
      true,
    ]);
  });

  test('does not start while another one is under way', async () => {
    await commands.openFile(file);
    await commands.startRun();
    await commands.startRun();
    expect(methods().filter((method) => method === 'startRun')).toHaveLength(1);
  });

  test('that cannot start fails with the reason', async () => {
    await commands.openFile(file);
    answers.startRun = { ok: false, error: { code: 'out-of-memory', message: 'Too large.' } };
    await commands.startRun();
    expect(state().run.status).toMatchObject({ state: 'failed', error: { message: 'Too large.' } });
  });

  test('in one go on the built-in text', async () => {
    commands.changeSettings({ run: presets.medium });
    await commands.trainBuiltin();
    expect(methods().filter((method) => method !== 'preflight')).toEqual(['openData', 'startRun']);
    expect(state().run.record?.setup.config.model).toEqual(presets.tiny.model);
  });

  test('is put aside only when it has ended', async () => {
    await commands.openFile(file);
    await commands.startRun();
    commands.clearRun();
    expect(state().run.record).not.toBeNull();
    handlers.onEvent({ type: 'status', status: { state: 'finished' } });
    commands.clearRun();
    expect(state().run.record).toBeNull();
  });

  test('opened from the browser brings its settings and how far it came, and then its text', async () => {
    const config = { ...presets.medium, name: 'letters.txt' };
    answers.openRun = { ok: true, value: config };
    const saved = { id: 'a', name: 'letters.txt', step: 70, steps: 100, savedAtMs: 0, sizeBytes: 1 };
    handlers.onEvent({ type: 'saved', runs: [{ ...saved, heldOutBitsPerByte: 2.5 }] });
    expect(await commands.openRun('a')).toBe(true);
    const { settings, run } = state();
    expect(settings.run).toEqual(config);
    expect(run.record?.setup).toMatchObject({ config, data: null });
    expect(run.record && [stepsDone(run.record), heldOut(run.record)]).toEqual([70, 2.5]);
    await commands.openFile(new File(['x'], 'other.txt'));
    expect(state().run.record?.setup.data).toBeNull();
    await commands.openFile(file);
    expect(state().run.record?.setup.data).toEqual(dataset('letters.txt'));
  });

  test('makes way for weights from a file', async () => {
    await commands.openFile(file);
    await commands.startRun();
    const { model: config, medium } = presets.tiny;
    const model = { config, medium, parameters: 1, name: 'a', step: 1 };
    answers.importWeights = { ok: true, value: model };
    expect(await commands.importWeights(file)).toBe(true);
    expect(state().run.record).toBeNull();
    expect(state().library.model).toEqual(model);
  });
});

test('a failed call leaves a notice, a cancelled one does not', async () => {
  answers.pauseRun = { ok: false, error: { code: 'internal', message: 'It broke.' } };
  await commands.pauseRun();
  answers.stopRun = { ok: false, error: { code: 'cancelled', message: 'Stopped.' } };
  await commands.stopRun();
  expect(state().notices.map(({ message }) => message)).toEqual(['It broke.']);
});

test('a restarted engine gets the open text again', async () => {
  await commands.openFile(file);
  asked = [];
  handlers.onLifecycle({ state: 'lost', error: refused, restarting: true });
  handlers.onLifecycle({ state: 'ready', info: {} as never });
  expect(methods().sort()).toEqual(['listRuns', 'openData']);
});

test('generating that fails keeps what was written', async () => {
  answers.generate = { ok: false, error: { code: 'device-lost', message: 'The GPU went away.' } };
  await commands.generate({ ...initialState.settings.generate, prompt: 'a' });
  expect(state().generation).toMatchObject({ state: 'failed', error: { code: 'device-lost' } });
});
