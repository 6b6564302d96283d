// Tuning in the store: its own updates alone count, what is kept follows the worker, and a lost worker ends it.

import { beforeEach, expect, test } from 'vitest';
import type { Tuning, TuningStep, TuningUpdate, WireError } from '../protocol/index.ts';
import { initialState, onEvent, onLifecycle, type WeftState } from './store.ts';
import { refused, setUp, state, type World } from './testing.ts';
import { beginTuning, initialTuning } from './tuning.ts';
import { forgetTuning, stopTuning, tune, useTuning } from './tuning-commands.ts';

const step: TuningStep = {
  ...{ storage: 'full', product: 'forward, narrow', shape: { M: 512, N: 64, K: 256 } },
  ...{ kernels: ['plain', '64 x 64 in blocks of 2 x 2'], ms: [2, 1] },
};
const kept: Tuning = { measuredAtMs: 5, on: true, steps: [step] };
const error: WireError = { code: 'worker-lost', message: 'The engine stopped.' };
const tuning: WeftState = { ...initialState, tuning: beginTuning({ ...initialTuning, kept }, 2) };
const following = (from: WeftState, ...updates: TuningUpdate[]) =>
  updates.reduce((now, update) => onEvent(now, { type: 'tuning', update }), from);

test('gathers progress and steps until it ends, and shows what is kept then', () => {
  const progress = { what: 'progress', id: 2, done: 0, total: 6, words: 'forward' } as const;
  const under = following(tuning, progress, { what: 'step', id: 2, step });
  expect(under.tuning).toMatchObject({
    kept,
    work: { state: 'tuning', progress: { total: 6 }, steps: [step] },
  });
  const newer = { ...kept, measuredAtMs: 9 };
  const ended = following(under, { what: 'kept', kept: newer }, { what: 'ended', id: 2, stopped: false });
  expect(ended.tuning).toEqual({ kept: newer, work: { state: 'idle' } });
  expect(following(under, { what: 'ended', id: 2, stopped: true }).tuning).toEqual({
    kept,
    work: { state: 'stopped' },
  });
  expect(following(ended, { what: 'kept', kept: null }).tuning.kept).toBeNull();
});

test('leaves updates of another one aside', () => {
  expect(following(tuning, { what: 'step', id: 1, step }).tuning).toBe(tuning.tuning);
  expect(following(initialState, { what: 'ended', id: 2, stopped: false }).tuning).toBe(initialState.tuning);
});

test('fails when the worker is lost, and what is kept stays', () => {
  const lost = onLifecycle(tuning, { state: 'lost', error, restarting: true });
  expect(lost.tuning).toEqual({ kept, work: { state: 'failed', error } });
  const idle = { ...initialState, tuning: { ...initialTuning, kept } };
  expect(onLifecycle(idle, { state: 'lost', error, restarting: true }).tuning).toBe(idle.tuning);
});

let world: World;
beforeEach(() => {
  world = setUp();
});

test('pauses a run only where that was agreed to, and tunes once at a time', async () => {
  const first = tune(true);
  await tune(false);
  await first;
  expect(world.methods().filter((method) => method === 'pauseRun' || method === 'tune')).toEqual([
    'pauseRun',
    'tune',
  ]);
  expect(state().tuning.work.state).toBe('tuning');
});

test('says why it failed, and begins anew', async () => {
  world.answers.tune = { ok: false, error: refused };
  await tune(false);
  expect(state().tuning.work).toEqual({ state: 'failed', error: refused });
  delete world.answers.tune;
  await tune(false);
  expect(state().tuning.work.state).toBe('tuning');
});

test('stops, switches and forgets by the engine, and tells what that refuses', async () => {
  world.answers.forgetTuning = { ok: false, error: refused };
  await stopTuning();
  await useTuning(false);
  await forgetTuning();
  expect(world.asked.slice(-3)).toEqual([['stopTuning'], ['useTuning', false], ['forgetTuning']]);
  expect(state().notices.map(({ message }) => message)).toEqual([refused.message]);
});
