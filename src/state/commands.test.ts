// Commands against an engine that answers as it is told: what they ask, and what they leave in the store.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Client, startEngine } from '../client/client.ts';
import { TEXT } from '../data/medium.ts';
import { presetFor, presets } from '../model/presets.ts';
import type { DatasetInfo, Result, WireError } from '../protocol/index.ts';
import * as commands from './commands.ts';
import * as data from './data-commands.ts';
import { withTraining } from './draft.ts';
import * as generation from './generate-commands.ts';
import { requestFor } from './request.ts';
import { heldOut, stepsDone } from './run.ts';
import { initialState, useWeft } from './store.ts';
import { bitsOf, meanBits } from './surprise.ts';

const dataset = (name: string): DatasetInfo => ({
  id: name,
  name,
  medium: TEXT,
  items: 1,
  skipped: [],
  sizeBytes: 100,
  trainBytes: 90,
  validationBytes: 5,
  testBytes: 5,
  gzipBitsPerByte: 3,
  entropyBitsPerByte: 4.5,
  preview: new Uint8Array(),
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
      openData: dataset((parameters[0] as File[] | undefined)?.[0]?.name ?? ''),
      openBuiltin: dataset('letters'),
      surprise: new Float32Array(4),
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
    const opening = data.openFiles([file]);
    expect(state().data).toEqual({ state: 'reading', name: 'letters.txt', share: 0, still: null });
    await opening;
    expect(state().data).toMatchObject({ state: 'open', info: { name: 'letters.txt' } });
  });

  test('that is refused says why, and the one before stays', async () => {
    await data.openFiles([file]);
    answers.openData = { ok: false, error: refused };
    await data.openFiles([new File([], 'empty.txt')]);
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
    await data.openFiles([file]);
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
    await data.openFiles([file]);
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
    await data.openFiles([file]);
    await commands.startRun();
    await commands.startRun();
    expect(methods().filter((method) => method === 'startRun')).toHaveLength(1);
  });

  test('that cannot start fails with the reason', async () => {
    await data.openFiles([file]);
    answers.startRun = { ok: false, error: { code: 'out-of-memory', message: 'Too large.' } };
    await commands.startRun();
    expect(state().run.status).toMatchObject({ state: 'failed', error: { message: 'Too large.' } });
  });

  test('in one go on the built-in text', async () => {
    commands.changeSettings({ run: presets.medium });
    await commands.trainBuiltin();
    expect(methods().filter((method) => method !== 'preflight')).toEqual(['openBuiltin', 'startRun']);
    expect(state().run.record?.setup.config.model).toEqual(presets.tiny.model);
  });

  test('is put aside only when it has ended', async () => {
    await data.openFiles([file]);
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
    const saved = {
      id: 'a',
      name: 'letters.txt',
      medium: TEXT,
      step: 70,
      steps: 100,
      savedAtMs: 0,
      sizeBytes: 1,
    };
    handlers.onEvent({ type: 'saved', runs: [{ ...saved, heldOutBitsPerByte: 2.5 }] });
    expect(await commands.openRun('a')).toBe(true);
    const { settings, run } = state();
    expect(settings.run).toEqual(config);
    expect(run.record?.setup).toMatchObject({ config, data: null });
    expect(run.record && [stepsDone(run.record), heldOut(run.record)]).toEqual([70, 2.5]);
    await data.openFiles([new File(['x'], 'other.txt')]);
    expect(state().run.record?.setup.data).toBeNull();
    await data.openFiles([file]);
    expect(state().run.record?.setup.data).toEqual(dataset('letters.txt'));
  });

  test('makes way for weights from a file', async () => {
    await data.openFiles([file]);
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
  await data.openFiles([file]);
  asked = [];
  handlers.onLifecycle({ state: 'lost', error: refused, restarting: true });
  handlers.onLifecycle({ state: 'ready', info: {} as never });
  expect(methods().sort()).toEqual(['listRuns', 'openData']);
});

const request = {
  prompt: new Uint8Array(1),
  samples: 2,
  length: 3,
  temperature: 1,
  topK: 0,
  topP: 1,
  seed: 1,
};

test('generating that fails keeps what was written', async () => {
  answers.generate = { ok: false, error: { code: 'device-lost', message: 'The GPU went away.' } };
  await generation.generate(request);
  expect(state().generation).toMatchObject({ state: 'failed', error: { code: 'device-lost' } });
});

describe('settings', () => {
  const pictures = { kind: 'image', height: 8, width: 8, channels: 1 } as const;
  const openPictures = () => {
    answers.openData = { ok: true, value: { ...dataset('pictures'), medium: pictures } };
    return data.openFiles([file]);
  };

  test('that are a preset become that preset for the medium of the data', async () => {
    await openPictures();
    expect(state().settings.run.model).toEqual(presetFor(pictures, 'tiny').model);
    expect(state().replaced).toBeNull();
    await commands.startRun();
    expect(methods()).toContain('startRun');
  });

  test('of one’s own are adapted, put aside, and come back', async () => {
    const own = withTraining(presets.tiny, { steps: 1234 });
    commands.changeSettings({ run: own });
    await openPictures();
    expect(state().settings.run).toMatchObject({ medium: pictures, training: { steps: 1234 } });
    expect(state().replaced).toEqual(own);
    data.bringBackSettings();
    expect(state().settings.run).toEqual(own);
    await commands.startRun();
    expect(methods()).not.toContain('startRun');
    data.bringBackSettings();
    answers = {};
    await data.openFiles([file]);
    expect(state().settings.run).toEqual(own);
  });

  test('of a run under way are left alone', async () => {
    await data.openFiles([file]);
    await commands.startRun();
    await openPictures();
    expect(state().settings.run.medium).toEqual(TEXT);
  });

  test('of how data is read read it again', async () => {
    await data.openFiles([file]);
    await data.changeReading({ kind: 'image', side: 16, channels: 1 });
    expect(asked.filter(([method]) => method === 'openData').at(-1)).toEqual([
      'openData',
      [file],
      { kind: 'image', size: 16, channels: 1 },
    ]);
  });
});

test('reading that is given up leaves what was open', async () => {
  await data.openFiles([file]);
  answers.openData = { ok: false, error: { code: 'cancelled', message: 'Stopped.' } };
  await data.openFiles([file, file]);
  expect(state().data).toMatchObject({ state: 'open', info: { name: 'letters.txt' } });
});

describe('an item of one’s own', () => {
  const medium = { kind: 'image', height: 4, width: 2, channels: 1 } as const;
  beforeEach(() => {
    const model = { config: presets.tiny.model, medium, parameters: 1, name: 'a', step: 1 };
    handlers.onEvent({ type: 'model', model });
    answers.readItem = { ok: true, value: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  });

  test('is read as the model reads it, and kept in part', async () => {
    await generation.uploadItem(file);
    expect(asked.at(-1)).toEqual(['readItem', file, medium]);
    generation.keepOfUpload(0.5);
    const wanted = requestFor(initialState.settings.generate, medium, state().upload);
    expect(wanted).toMatchObject({ prompt: Uint8Array.of(1, 2, 3, 4), length: 4, samples: 4 });
    generation.keepOfUpload(1);
    const most = requestFor(initialState.settings.generate, medium, state().upload);
    expect(most).toMatchObject({ length: 2 });
  });

  test('that cannot be read says why', async () => {
    answers.readItem = { ok: false, error: refused };
    await generation.uploadItem(file);
    expect(state().upload).toEqual({ state: 'refused', name: 'letters.txt', error: refused });
  });

  test('is measured as it is', async () => {
    await generation.uploadItem(file);
    answers.surprise = { ok: true, value: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 10) };
    await generation.measureUpload();
    const { surprise, generation: shown } = state();
    if (shown.state === 'empty') throw new Error('nothing is shown');
    expect(shown.state).toBe('done');
    expect(meanBits(bitsOf(surprise, shown.writing.id))).toBe(4.75);
    expect(bitsOf(surprise, shown.writing.id + 1)).toEqual([]);
  });
});

test('surprise is measured sample by sample, and stopping it is no failure', async () => {
  void generation.generate(request);
  await Promise.resolve();
  await Promise.resolve();
  const { generation: begun } = state();
  if (begun.state === 'empty') throw new Error('nothing was begun');
  const { id } = begun.writing;
  const bytes = new Uint8Array(3);
  handlers.onEvent({ type: 'generated', id, sample: 0, bytes, bytesPerSecond: 1, done: false });
  handlers.onEvent({ type: 'generated', id, sample: 1, bytes, bytesPerSecond: 1, done: true });
  await generation.measure();
  expect(state().surprise).toMatchObject({ state: 'measured', bits: [{ length: 4 }, { length: 4 }] });
  answers.surprise = { ok: false, error: { code: 'cancelled', message: 'Stopped.' } };
  await generation.measure();
  expect(state().surprise).toEqual({ state: 'stopped', writing: id });
});
