// Measuring the GPU through the host: rows as they come, a stop at once, and never beside training or writing.

import { expect, it, vi } from 'vitest';
import type { BenchmarkRequest, Result } from '../protocol/index.ts';
import { auto, error, long, setUp, textFile, value, type World, request as writing } from './testing.ts';

const request: BenchmarkRequest = { parts: ['attention'], longest: 128 };
const updates = ({ of }: World) => of('benchmark').map(({ update }) => update);
const rows = (world: World) => updates(world).filter(({ what }) => what === 'row').length;
const never = () => new Promise<void>(() => {});

it('tells what it measures on, how far it is, every row, and its end', async () => {
  const world = setUp();
  value(await world.host.measuring.benchmark(3, request));
  expect(world.of('benchmark').every(({ id }) => id === 3)).toBe(true);
  expect(updates(world).map(({ what }) => what)).toEqual([
    'about',
    ...Array.from({ length: 4 }, () => ['progress', 'row']).flat(),
    'ended',
  ]);
  expect(updates(world)[0]).toMatchObject({ about: { adapter: { vendor: 'test' } } });
  expect(updates(world)[3]).toEqual({
    what: 'progress',
    done: 1,
    total: 4,
    words: 'strided attention over 64 positions',
  });
  expect(updates(world).at(-1)).toEqual({ what: 'ended', stopped: false });
});

it('is stopped in the middle of an item, and can begin again', async () => {
  const world = setUp();
  world.world.measure = never;
  const measuring = world.host.measuring.benchmark(1, request);
  await vi.waitFor(() => expect(updates(world).at(-1)?.what).toBe('progress'));
  value(await world.host.measuring.stopBenchmark());
  value(await measuring);
  expect(updates(world).at(-1)).toEqual({ what: 'ended', stopped: true });
  expect(rows(world)).toBe(0);
  world.world.measure = async () => {};
  value(await world.host.measuring.benchmark(2, request));
  expect(rows(world)).toBe(4);
});

it('waits for a run to be paused, and then a run waits for it', async () => {
  const world = setUp();
  const { host } = world;
  await host.openData([textFile()], auto);
  await host.startRun(long, false);
  await world.untilStep(2);
  expect(error(await host.measuring.benchmark(1, request))?.message).toContain('Pause it');
  value(await host.pauseRun());
  world.world.measure = never;
  const measuring = host.measuring.benchmark(2, request);
  await vi.waitFor(() => expect(updates(world).length).toBeGreaterThan(0));
  const refusals: Promise<Result<unknown>>[] = [
    host.measuring.benchmark(3, request),
    host.resumeRun(),
    host.startRun(long, false),
    host.writer.generate(1, writing),
    host.importWeights(textFile()),
  ];
  for (const refused of refusals) {
    expect(error(await refused)?.message).toContain('is being measured');
  }
  await host.measuring.stopBenchmark();
  value(await measuring);
  value(await host.resumeRun());
  value(await host.stopRun());
});

it('makes writing give way', async () => {
  const world = setUp();
  const { host } = world;
  await host.openData([textFile()], auto);
  await host.startRun(long, false);
  await world.untilStep(2);
  await host.pauseRun();
  const endless = host.writer.generate(1, { ...writing, length: 1_000_000 });
  await vi.waitFor(() => expect(world.of('generated').length).toBeGreaterThan(0));
  value(await host.measuring.benchmark(1, request));
  value(await endless);
  expect(world.of('generated').at(-1)?.done).toBe(true);
});

it('that cannot open a device fails in words, and the next one may', async () => {
  const world = setUp();
  world.world.measure = () => Promise.reject(new Error('no adapter'));
  expect(error(await world.host.measuring.benchmark(1, request))?.code).toBe('internal');
  world.world.measure = async () => {};
  value(await world.host.measuring.benchmark(2, request));
});

it.each([
  { ...request, parts: [] },
  { ...request, longest: 5 },
  { ...request, longest: Number.NaN },
])('refuses %o', async (odd) => {
  const world = setUp();
  expect(error(await world.host.measuring.benchmark(1, odd))?.code).toBe('bad-input');
  expect(world.events).toEqual([]);
});
