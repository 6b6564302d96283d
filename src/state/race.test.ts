// Runs that follow each other: what is kept of them to compare, and a race that goes on by itself.

import { beforeEach, describe, expect, test } from 'vitest';
import { presets } from '../model/presets.ts';
import { attentionForm } from '../patterns/index.ts';
import type { RunConfig, RunStatus } from '../protocol/index.ts';
import * as commands from './commands.ts';
import * as data from './data-commands.ts';
import { withStride } from './draft.ts';
import { endRace, startRace } from './race-commands.ts';
import { comparable, MAX_EARLIER } from './run.ts';
import { dataset, file, setUp, state, type World } from './testing.ts';

let world: World;
beforeEach(() => {
  world = setUp();
});

const enter = (status: RunStatus) => world.handlers.onEvent({ type: 'status', status });
const learn = (step = 0) => {
  enter({ state: 'training' });
  const event = { loss: 1, learningRate: 1, gradNorm: 1, tokensPerSecond: 1, seconds: step };
  world.handlers.onEvent({ type: 'steps', steps: [{ ...event, step, bitsPerByte: 5 }] });
};
const patternOf = ({ model }: RunConfig) => attentionForm(model.attention.layers).pattern;
const started = () =>
  world.asked.filter(([method]) => method === 'startRun').map(([, config]) => patternOf(config as RunConfig));

describe('earlier runs', () => {
  test('stay when another one begins, and are forgotten one by one', async () => {
    await data.openFiles([file]);
    await commands.startRun();
    learn();
    enter({ state: 'finished' });
    await commands.startRun();
    expect(comparable(state().run)).toHaveLength(1);
    learn();
    enter({ state: 'idle' });
    commands.clearRun();
    expect(state().run).toMatchObject({ record: null, status: { state: 'idle' } });
    expect(state().run.earlier).toHaveLength(2);
    await commands.startRun();
    const [first] = comparable(state().run);
    if (first) commands.forgetEarlier(first);
    expect(comparable(state().run)).toHaveLength(1);
  });

  test('of other data are not compared, and those that learnt nothing are not kept', async () => {
    await data.openFiles([file]);
    await commands.startRun();
    enter({ state: 'idle' });
    await commands.startRun();
    expect(state().run.earlier).toEqual([]);
    learn();
    enter({ state: 'finished' });
    world.answers.openData = { ok: true, value: dataset('other.txt') };
    await data.openFiles([file]);
    await commands.startRun();
    expect(state().run.earlier).toHaveLength(1);
    expect(comparable(state().run)).toEqual([]);
  });

  test('are few', async () => {
    await data.openFiles([file]);
    for (let run = 0; run < MAX_EARLIER + 3; run++) {
      await commands.startRun();
      learn();
      enter({ state: 'finished' });
    }
    expect(state().run.earlier).toHaveLength(MAX_EARLIER);
  });
});

describe('a race', () => {
  test('trains dense, strided and fixed in turn, the settings’ own pattern as it is', async () => {
    const own = withStride(presets.tiny, 8);
    commands.changeSettings({ run: own });
    await data.openFiles([file]);
    await startRace();
    expect(state().race).toMatchObject({ at: 0 });
    for (let run = 0; run < 3; run++) {
      learn();
      enter({ state: 'finished' });
    }
    expect(started()).toEqual(['dense', 'strided', 'fixed']);
    expect(state().race).toBeNull();
    expect(comparable(state().run).map(({ setup }) => patternOf(setup.config))).toEqual(['dense', 'strided']);
    const configs = world.asked
      .filter(([method]) => method === 'startRun')
      .map(([, config]) => config as RunConfig);
    expect(new Set(configs.map(({ training }) => training.seed)).size).toBe(1);
    expect(configs[1]?.model).toEqual(own.model);
    // Settings are the person's: a race does not change them.
    expect(state().settings.run).toBe(own);
  });

  test.each([
    ['stopped', { state: 'idle' }],
    ['failed', { state: 'failed', error: { code: 'diverged', message: 'No number.' } }],
  ] as const)('ends with a run that is %s', async (_, status) => {
    await data.openFiles([file]);
    await startRace();
    learn();
    enter(status);
    expect(state().race).toBeNull();
    expect(started()).toEqual(['dense']);
  });

  test('waits for a run that is paused', async () => {
    await data.openFiles([file]);
    await startRace();
    learn();
    enter({ state: 'paused' });
    enter({ state: 'training' });
    enter({ state: 'finished' });
    expect(started()).toEqual(['dense', 'strided']);
  });

  test('can end with the run under way', async () => {
    await data.openFiles([file]);
    await startRace();
    learn();
    endRace();
    enter({ state: 'finished' });
    expect(started()).toEqual(['dense']);
  });

  test('needs data', async () => {
    await startRace();
    expect(state().race).toBeNull();
    expect(started()).toEqual([]);
  });
});
