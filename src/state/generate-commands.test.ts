// Commands of generating, of items of one's own, and of surprise.

import { beforeEach, describe, expect, test } from 'vitest';
import { presets } from '../model/presets.ts';
import * as generation from './generate-commands.ts';
import { requestFor } from './request.ts';
import { initialState } from './store.ts';
import { bitsOf, meanBits } from './surprise.ts';
import { file, refused, setUp, state, type World } from './testing.ts';

let world: World;
beforeEach(() => {
  world = setUp();
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
  world.answers.generate = { ok: false, error: { code: 'device-lost', message: 'The GPU went away.' } };
  await generation.generate(request);
  expect(state().generation).toMatchObject({ state: 'failed', error: { code: 'device-lost' } });
});

describe('an item of one’s own', () => {
  const medium = { kind: 'image', height: 4, width: 2, channels: 1 } as const;
  beforeEach(() => {
    const model = { config: presets.tiny.model, medium, parameters: 1, name: 'a', step: 1 };
    world.handlers.onEvent({ type: 'model', model });
    world.answers.readItem = { ok: true, value: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  });

  test('is read as the model reads it, and kept in part', async () => {
    await generation.uploadItem(file);
    expect(world.asked.at(-1)).toEqual(['readItem', file, medium]);
    generation.keepOfUpload(0.5);
    const wanted = requestFor(initialState.settings.generate, medium, state().upload);
    expect(wanted).toMatchObject({ prompt: Uint8Array.of(1, 2, 3, 4), length: 4, samples: 4 });
    generation.keepOfUpload(1);
    const most = requestFor(initialState.settings.generate, medium, state().upload);
    expect(most).toMatchObject({ length: 2 });
  });

  test('that cannot be read says why', async () => {
    world.answers.readItem = { ok: false, error: refused };
    await generation.uploadItem(file);
    expect(state().upload).toEqual({ state: 'refused', name: 'letters.txt', error: refused });
  });

  test('is measured as it is', async () => {
    await generation.uploadItem(file);
    world.answers.surprise = { ok: true, value: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 10) };
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
  world.handlers.onEvent({ type: 'generated', id, sample: 0, bytes, bytesPerSecond: 1, done: false });
  world.handlers.onEvent({ type: 'generated', id, sample: 1, bytes, bytesPerSecond: 1, done: true });
  await generation.measure();
  expect(state().surprise).toMatchObject({ state: 'measured', bits: [{ length: 4 }, { length: 4 }] });
  world.answers.surprise = { ok: false, error: { code: 'cancelled', message: 'Stopped.' } };
  await generation.measure();
  expect(state().surprise).toEqual({ state: 'stopped', writing: id });
});
