// Answers that come late, or in another order than was asked for: what was wished last stands.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Client, startEngine } from '../client/client.ts';
import { presets } from '../model/presets.ts';
import { measure, stopMeasuring } from './benchmark-commands.ts';
import { begin, importWeights, openRun, startRun } from './commands.ts';
import { openDataset } from './data.ts';
import { openBuiltin, openFiles } from './data-commands.ts';
import { removeUpload, uploadItem } from './generate-commands.ts';
import { inspect, stopInspecting, watch } from './looking.ts';
import { initialState, useWeft } from './store.ts';
import { cost, dataset, state } from './testing.ts';
import { stopTuning, tune } from './tuning-commands.ts';

interface Call {
  readonly method: string;
  readonly parameters: readonly unknown[];
  readonly settle: (answer: unknown) => void;
}

let calls: Call[] = [];
let handlers: Parameters<typeof startEngine>[0];

const settled = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};
const methods = () => calls.map(({ method }) => method);
const find = (method: string, nth = 0) => calls.filter((call) => call.method === method)[nth];

async function answer(value: unknown, method: string, nth = 0): Promise<void> {
  find(method, nth)?.settle({ ok: true, value });
  await settled();
}

async function refuse(code: string, method: string, nth = 0): Promise<void> {
  find(method, nth)?.settle({ ok: false, error: { code, message: 'No.' } });
  await settled();
}

beforeEach(() => {
  useWeft.setState(initialState, true);
  calls = [];
  const storage = { getItem: () => null, setItem: () => {} } as unknown as Storage;
  begin((given) => {
    handlers = given;
    const call = (method: string, ...parameters: unknown[]) =>
      new Promise((settle) => {
        if (method === 'preflight') settle({ ok: true, value: cost });
        calls.push({ method, parameters, settle });
      });
    return { call: call as Client['call'], restart: () => {}, dispose: () => {} };
  }, storage);
});

const model = {
  config: presets.tiny.model,
  medium: presets.tiny.medium,
  parameters: 1,
  name: 'digits',
  step: 9,
};

describe('of two files that are opened one after the other', () => {
  beforeEach(async () => {
    void openFiles([new File(['a'], 'a.txt')]);
    void openFiles([new File(['b'], 'b.txt')]);
    await answer(dataset('a.txt'), 'openData', 0);
  });

  test('the page shows that the second is read, and starts nothing on the first', async () => {
    expect(state().data).toMatchObject({ state: 'reading', name: 'b.txt' });
    await startRun();
    expect(methods()).not.toContain('startRun');
  });

  test('a refusal of the second leaves the first, which the engine holds', async () => {
    await refuse('bad-file', 'openData', 1);
    expect(openDataset(state().data)?.name).toBe('a.txt');
  });
});

describe('a run that was started meanwhile keeps its record', () => {
  test('when weights arrive', async () => {
    void openBuiltin('text');
    void importWeights(new File([''], 'digits'));
    await answer(dataset('letters'), 'openBuiltin');
    void startRun();
    await settled();
    await answer(model, 'importWeights');
    expect(state().run.record?.setup.config.name).toBe('letters');
  });

  test('when another one is open', async () => {
    void openBuiltin('text');
    await answer(dataset('letters'), 'openBuiltin');
    void openRun('x');
    void startRun();
    await settled();
    await answer({ ...presets.small, name: 'old' }, 'openRun');
    expect(state().run.record?.setup.config.name).toBe('letters');
  });
});

describe('an upload', () => {
  beforeEach(() => handlers.onEvent({ type: 'model', model }));

  test('that is read late does not take the place of a newer one', async () => {
    void uploadItem(new File(['a'], 'slow'));
    void uploadItem(new File(['b'], 'fast'));
    await answer(Uint8Array.of(2), 'readItem', 1);
    await answer(Uint8Array.of(1), 'readItem', 0);
    expect(state().upload).toMatchObject({ name: 'fast' });
  });

  test('that was removed while it was read stays away', async () => {
    void uploadItem(new File(['a'], 'slow'));
    removeUpload();
    await answer(Uint8Array.of(1), 'readItem');
    expect(state().upload.state).toBe('none');
  });
});

test.each([
  ['benchmark', () => measure({ parts: ['attention'], longest: 64 }, true), stopMeasuring],
  ['tune', () => tune(true), stopTuning],
])('a %s that is stopped while the run comes to its pause does not begin', async (method, start, stop) => {
  void start();
  await stop();
  void start();
  await answer(undefined, 'pauseRun', 0);
  expect(methods()).not.toContain(method);
  await answer(undefined, 'pauseRun', 1);
  expect(methods().filter((each) => each === method)).toHaveLength(1);
});

test('a first look that is stopped does not begin anew', async () => {
  handlers.onEvent({ type: 'model', model });
  void inspect({ kind: 'heldOut', window: 0 });
  void stopInspecting();
  await refuse('cancelled', 'inspect');
  expect(state().inspect).toMatchObject({ state: 'failed', error: { code: 'cancelled' } });
});

test('watching follows to a smaller model', async () => {
  handlers.onEvent({ type: 'model', model: { ...model, config: presets.medium.model } });
  void watch({ on: true, layer: 5 });
  handlers.onEvent({ type: 'model', model });
  await settled();
  expect(find('watchAttention', 1)?.parameters).toEqual([{ layer: 1, head: 'mean' }]);
});
