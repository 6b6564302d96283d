// Tuning through the host: what is found is told, kept by adapter, followed by every engine laid out from then on, and
// can be left aside and forgotten; never beside a run that trains.

import { expect, it, vi } from 'vitest';
import { MemoryStore } from '../checkpoint/testing.ts';
import type { Tuning } from '../protocol/index.ts';
import { auto, error, long, request, setUp, textFile, value, type World } from './testing.ts';

const updates = ({ of }: World) => of('tuning').map(({ update }) => update);
const kept = (world: World) =>
  updates(world)
    .flatMap((update) => (update.what === 'kept' ? [update.kept] : []))
    .at(-1);
const never = () => new Promise<void>(() => {});
const chosen = { 'full forward, narrow': 1, 'full forward, wide': 1 };

it('tells how far it is, what it found, and its end; and keeps it', async () => {
  const world = setUp();
  value(await world.host.start());
  expect(updates(world)).toEqual([{ what: 'kept', kept: null }]);
  value(await world.host.measuring.tune(4));
  expect(updates(world).map(({ what }) => what)).toEqual([
    ...['kept', 'progress', 'step', 'progress', 'step', 'kept', 'ended'],
  ]);
  expect(updates(world)[1]).toEqual({
    ...{ what: 'progress', id: 4, done: 0, total: 2 },
    words: 'forward, narrow, in float32',
  });
  expect(updates(world).at(-1)).toEqual({ what: 'ended', id: 4, stopped: false });
  expect(kept(world)).toMatchObject({ on: true, steps: [{ product: 'forward, narrow' }, {}] });
  expect(world.of('engine').at(-1)?.info.ladder).toEqual(['tuned']);

  const next = setUp({ store: world.store });
  value(await next.host.start());
  expect(kept(next)).toEqual(kept(world));
});

it('is followed by the next engines, also by that of a paused run, which loses nothing', async () => {
  const world = setUp();
  const { host } = world;
  await host.openData([textFile()], auto);
  value(await host.startRun(long, false));
  await world.untilStep(3);
  expect(error(await host.measuring.tune(1))?.message).toContain('Pause it');
  expect(error(await host.measuring.forgetTuning())?.message).toContain('Pause it');
  value(await host.pauseRun());
  const last = world.steps().at(-1)?.step ?? 0;
  value(await host.measuring.tune(2));
  value(await host.resumeRun());
  await world.untilStep(last + 3);
  value(await host.stopRun());
  expect(world.world.choices).toEqual([undefined, chosen]);
  expect(world.steps().map(({ step }) => step)).toEqual(world.steps().map((_, index) => index));
  expect(world.engines[0]?.destroyed).toBe(true);

  value(await host.measuring.useTuning(false));
  value(await host.writer.generate(1, request));
  expect(kept(world)).toMatchObject({ on: false, steps: [{}, {}] });
  value(await host.measuring.useTuning(true));
  value(await host.writer.generate(2, request));
  value(await host.measuring.forgetTuning());
  value(await host.writer.generate(3, request));
  expect(world.world.choices).toEqual([undefined, chosen, undefined, chosen, undefined]);
  expect(kept(world)).toBeNull();
  expect(error(await host.measuring.useTuning(true))?.code).toBe('not-found');
});

it('is stopped in the middle of a class, and what was kept before stays', async () => {
  const world = setUp();
  value(await world.host.start());
  value(await world.host.measuring.tune(1));
  const before = kept(world);
  world.world.measure = never;
  const tuning = world.host.measuring.tune(2);
  await vi.waitFor(() => expect(updates(world).at(-1)).toMatchObject({ what: 'progress', id: 2 }));
  expect(
    error(await world.host.measuring.benchmark(1, { parts: ['attention'], longest: 64 }))?.message,
  ).toContain('is being measured');
  expect(error(await world.host.measuring.useTuning(false))?.message).toContain('is being measured');
  // What measures for numbers is another thing.
  value(await world.host.measuring.stopBenchmark());
  expect(updates(world).at(-1)?.what).toBe('progress');
  value(await world.host.measuring.stopTuning());
  value(await tuning);
  expect(updates(world).at(-1)).toEqual({ what: 'ended', id: 2, stopped: true });
  expect(kept(world)).toEqual(before);
});

it('that fails says why, and the next one may do better', async () => {
  const world = setUp();
  value(await world.host.start());
  world.world.measure = () => Promise.reject(new Error('broken'));
  expect(error(await world.host.measuring.tune(1))?.code).toBe('internal');
  expect(kept(world)).toBeNull();
  world.world.measure = async () => {};
  value(await world.host.measuring.tune(2));
  expect(kept(world)).toMatchObject({ on: true });
});

it('lasts as long as the worker where nothing can be stored', async () => {
  const store = new MemoryStore();
  store.writesUntilFull = 0;
  for (const hasStorage of [true, false]) {
    const world = setUp({ store });
    world.world.hasStorage = hasStorage;
    value(await world.host.start());
    value(await world.host.measuring.tune(1));
    expect(kept(world)).toMatchObject<Partial<Tuning>>({ on: true });
    expect(world.notices().length).toBe(hasStorage ? 1 : 0);
    expect(world.of('engine').at(-1)?.info.ladder).toEqual(['tuned']);
    expect(store.files.size).toBe(0);
  }
});
