// What waits for its turn can be given up, and what is asked twice does no harm.

import { describe, expect, it, vi } from 'vitest';
import { TEXT } from '../data/medium.ts';
import type { Result } from '../protocol/index.ts';
import {
  auto,
  error,
  long,
  request,
  run,
  setUp,
  textFile,
  trained,
  training,
  value,
  type World,
} from './testing.ts';

/** 'waits' where an answer takes longer than anything that is not held up. */
const soon = <T>(answer: Promise<T>) =>
  Promise.race([answer, new Promise<'waits'>((resolve) => setTimeout(resolve, 1500, 'waits'))]);

/** Writes until it is stopped. */
async function writing(world: World) {
  const written = world.host.writer.generate(1, { ...request, length: 1_000_000 });
  await vi.waitFor(() => expect(world.of('generated').length).toBeGreaterThan(2));
  return async () => {
    await world.host.writer.stopGenerating();
    await written;
  };
}

describe('while something long is written', () => {
  it('a run can be paused, and ends with the bits of one that was not', async () => {
    const ninety = { ...run, training: { ...run.training, steps: 90 } };
    const straight = await training(ninety);
    await straight.until('finished');
    const wanted = await value(await straight.host.exportWeights()).arrayBuffer();

    const world = await training(ninety);
    await world.untilStep(7);
    const stop = await writing(world);
    expect(await soon(world.host.pauseRun())).toEqual({ ok: true, value: undefined });
    expect(world.of('model').at(-1)?.model.step).toBe(world.steps().length);
    value(await world.host.resumeRun());
    await stop();
    await world.until('finished');
    expect(world.steps().map(({ step }) => step)).toEqual(Array.from({ length: 90 }, (_, i) => i));
    expect(await value(await world.host.exportWeights()).arrayBuffer()).toEqual(wanted);
  });

  it.each(['inspect', 'surprise'] as const)('%s can be stopped', async (what) => {
    const world = await trained();
    const stop = await writing(world);
    const bytes = new Uint8Array([1, 2, 3]);
    const { host } = world;
    const asked: Promise<Result<unknown>> =
      what === 'inspect' ? host.inspector.inspect({ kind: 'bytes', bytes }, 8) : host.writer.surprise(bytes);
    if (what === 'inspect') await host.inspector.stopInspecting();
    else await host.writer.stopSurprise();
    expect(await soon(asked)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    await stop();
  });
});

it('a run is not opened while the GPU is measured, and holds nothing up', async () => {
  const world = await trained();
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  world.world.measure = () => gate;
  const measuring = world.host.measuring.benchmark(1, { parts: ['attention'], longest: 64 });
  await vi.waitFor(() => expect(world.of('benchmark').length).toBeGreaterThan(0));
  const [saved] = value(await world.host.listRuns());
  expect(await soon(world.host.openRun(saved?.id ?? ''))).toMatchObject({
    ok: false,
    error: { code: 'bad-input' },
  });
  expect(await soon(world.host.openData([textFile()], auto))).toMatchObject({ ok: true });
  letGo();
  await measuring;
});

it('after opening was stopped, something to begin with can be read', async () => {
  const { host } = setUp();
  value(await host.openData([textFile()], auto));
  await host.stopOpening();
  expect(error(await host.readItem(textFile('hello'), TEXT))).toBeUndefined();
});

it('a run can be resumed twice', async () => {
  const world = await training(long);
  await world.untilStep(3);
  value(await world.host.pauseRun());
  const both = await Promise.all([world.host.resumeRun(), world.host.resumeRun()]);
  await world.host.stopRun();
  expect(both.map(error)).toEqual([undefined, undefined]);
});
