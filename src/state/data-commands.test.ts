// Commands of data: opening it, how it is read, and what becomes of the settings.

import { beforeEach, describe, expect, test } from 'vitest';
import { TEXT } from '../data/medium.ts';
import { presetFor, presets } from '../model/presets.ts';
import * as commands from './commands.ts';
import * as data from './data-commands.ts';
import { withTraining } from './draft.ts';
import { dataset, file, refused, setUp, state, type World } from './testing.ts';

let world: World;
beforeEach(() => {
  world = setUp();
});

describe('opening a text', () => {
  test('goes through reading to open', async () => {
    const opening = data.openFiles([file]);
    expect(state().data).toEqual({ state: 'reading', name: 'letters.txt', share: 0, still: null });
    await opening;
    expect(state().data).toMatchObject({ state: 'open', info: { name: 'letters.txt' } });
  });

  test('that is refused says why, and the one before stays', async () => {
    await data.openFiles([file]);
    world.answers.openData = { ok: false, error: refused };
    await data.openFiles([new File([], 'empty.txt')]);
    expect(state().data).toMatchObject({
      state: 'refused',
      name: 'empty.txt',
      error: refused,
      still: { name: 'letters.txt' },
    });
  });
});

describe('settings', () => {
  const pictures = { kind: 'image', height: 8, width: 8, channels: 1 } as const;
  const openPictures = () => {
    world.answers.openData = { ok: true, value: { ...dataset('pictures'), medium: pictures } };
    return data.openFiles([file]);
  };

  test('that are a preset become that preset for the medium of the data', async () => {
    await openPictures();
    expect(state().settings.run.model).toEqual(presetFor(pictures, 'tiny').model);
    expect(state().replaced).toBeNull();
    await commands.startRun();
    expect(world.methods()).toContain('startRun');
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
    expect(world.methods()).not.toContain('startRun');
    data.bringBackSettings();
    world.answers = {};
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
    expect(world.asked.filter(([method]) => method === 'openData').at(-1)).toEqual([
      'openData',
      [file],
      { kind: 'image', size: 16, channels: 1 },
    ]);
  });
});

test('reading that is given up leaves what was open', async () => {
  await data.openFiles([file]);
  world.answers.openData = { ok: false, error: { code: 'cancelled', message: 'Stopped.' } };
  await data.openFiles([file, file]);
  expect(state().data).toMatchObject({ state: 'open', info: { name: 'letters.txt' } });
});

test('data is read for a model by its size, colours or rate, where that can be chosen', () => {
  expect(data.readingFor({ kind: 'image', height: 28, width: 28, channels: 1 })).toEqual({
    side: 28,
    channels: 1,
  });
  expect(data.readingFor({ kind: 'audio', rateHz: 8000 })).toEqual({ rateHz: 8000 });
  expect(data.readingFor({ kind: 'image', height: 20, width: 28, channels: 1 })).toBeNull();
  expect(data.readingFor(TEXT)).toBeNull();
});
