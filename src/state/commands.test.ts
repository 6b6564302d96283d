// Commands of the engine, of runs and of weights.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import { TEXT } from '../data/medium.ts';
import { presets } from '../model/presets.ts';
import * as commands from './commands.ts';
import * as data from './data-commands.ts';
import { heldOut, stepsDone } from './run.ts';
import { cost, dataset, file, refused, setUp, state, type World } from './testing.ts';

let world: World;
beforeEach(() => {
  world = setUp();
});

describe('a run', () => {
  test('needs a text', async () => {
    await commands.startRun();
    expect(world.methods()).not.toContain('startRun');
    expect(state().run.record).toBeNull();
  });

  test('starts with the settings, under the name of its text', async () => {
    await data.openFiles([file]);
    commands.changeSettings({ run: presets.small });
    await commands.startRun();
    expect(world.asked.find(([method]) => method === 'startRun')).toEqual([
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
    world.handlers.onEvent({ type: 'model', model: info });
    await commands.startRun(true);
    expect(world.asked.find(([method]) => method === 'startRun')).toEqual([
      'startRun',
      { ...presets.tiny, model, name: 'letters.txt' },
      true,
    ]);
  });

  test('does not start while another one is under way', async () => {
    await data.openFiles([file]);
    await commands.startRun();
    await commands.startRun();
    expect(world.methods().filter((method) => method === 'startRun')).toHaveLength(1);
  });

  test('that cannot start fails with the reason', async () => {
    await data.openFiles([file]);
    world.answers.startRun = { ok: false, error: { code: 'out-of-memory', message: 'Too large.' } };
    await commands.startRun();
    expect(state().run.status).toMatchObject({ state: 'failed', error: { message: 'Too large.' } });
  });

  test('in one go on the built-in text', async () => {
    commands.changeSettings({ run: presets.medium });
    await commands.trainBuiltin();
    expect(world.methods().filter((method) => method !== 'preflight')).toEqual(['openBuiltin', 'startRun']);
    expect(state().run.record?.setup.config.model).toEqual(presets.tiny.model);
  });

  test('is put aside only when it has ended', async () => {
    await data.openFiles([file]);
    await commands.startRun();
    commands.clearRun();
    expect(state().run.record).not.toBeNull();
    world.handlers.onEvent({ type: 'status', status: { state: 'finished' } });
    commands.clearRun();
    expect(state().run.record).toBeNull();
  });

  test('opened from the browser brings its settings and how far it came, and then its text', async () => {
    const config = { ...presets.medium, name: 'letters.txt' };
    world.answers.openRun = { ok: true, value: config };
    const saved = {
      id: 'a',
      name: 'letters.txt',
      medium: TEXT,
      step: 70,
      steps: 100,
      savedAtMs: 0,
      sizeBytes: 1,
    };
    world.handlers.onEvent({ type: 'saved', runs: [{ ...saved, heldOutBitsPerByte: 2.5 }] });
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
    world.answers.importWeights = { ok: true, value: model };
    expect(await commands.importWeights(file)).toBe(true);
    expect(state().run.record).toBeNull();
    expect(state().library.model).toEqual(model);
  });
});

test('a failed call leaves a notice, a cancelled one does not', async () => {
  world.answers.pauseRun = { ok: false, error: { code: 'internal', message: 'It broke.' } };
  await commands.pauseRun();
  world.answers.stopRun = { ok: false, error: { code: 'cancelled', message: 'Stopped.' } };
  await commands.stopRun();
  expect(state().notices.map(({ message }) => message)).toEqual(['It broke.']);
});

test('a restarted engine gets the open text again', async () => {
  await data.openFiles([file]);
  world.asked = [];
  world.handlers.onLifecycle({ state: 'lost', error: refused, restarting: true });
  world.handlers.onLifecycle({ state: 'ready', info: {} as never });
  expect(world.methods().sort()).toEqual(['listRuns', 'openData']);
});

test('a restarted engine whose reading is stopped holds nothing', async () => {
  await data.openFiles([file]);
  world.answers.openData = { ok: false, error: { code: 'cancelled', message: 'Stopped.' } };
  world.handlers.onLifecycle({ state: 'lost', error: refused, restarting: true });
  world.handlers.onLifecycle({ state: 'ready', info: {} as never });
  expect(state().data).toMatchObject({ state: 'reading', still: null });
  await vi.waitFor(() => expect(state().data).toEqual({ state: 'none' }));
});

test('a browser that forbids storage gets the page all the same', () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    },
  });
  try {
    expect(() => commands.begin((() => ({ call: async () => ({ ok: false }) })) as never)).not.toThrow();
  } finally {
    if (before) Object.defineProperty(globalThis, 'localStorage', before);
    else Reflect.deleteProperty(globalThis, 'localStorage');
  }
});
