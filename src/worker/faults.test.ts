// The host when something breaks: storage that fails, devices that are lost.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { auto, error, long, request, run, setUp, textFile, trained, value, type World } from './testing.ts';

describe('storage', () => {
  const faults = {
    'is full': {
      words: 'no room left',
      happen: ({ store }: World) => {
        store.writesUntilFull = 0;
      },
    },
    'is absent': {
      words: 'no storage here',
      happen: ({ world }: World) => {
        world.hasStorage = false;
      },
    },
    'another tab holds': {
      words: 'Another tab',
      happen: ({ world }: World) => {
        world.mayWrite = false;
      },
    },
  };

  it.each(Object.entries(faults))(
    'that %s is told once, and training goes on',
    async (_, { words, happen }) => {
      const world = setUp();
      happen(world);
      await world.host.openData([textFile()], auto);
      await world.host.startRun(run, false);
      await world.untilStep(3);
      await world.host.pauseRun();
      await world.host.resumeRun();
      await world.until('finished');
      expect(world.notices().length).toBe(1);
      expect(world.notices()[0]).toContain(words);
      expect(world.steps().length).toBe(40);
    },
  );

  it('that damaged the newest checkpoint gives the one before, and says so', async () => {
    const first = setUp();
    await first.host.openData([textFile()], auto);
    await first.host.startRun(run, false);
    await first.untilStep(3);
    await first.host.pauseRun();
    await first.host.resumeRun();
    await first.until('finished');
    const newest = [...first.store.files.keys()].filter((path) => path.endsWith('40.safetensors'))[0] ?? '';
    first.store.files.get(newest)?.fill(7, 3000, 3010);
    const { host, notices, of } = setUp({ store: first.store });
    const [saved] = value(await host.listRuns());
    value(await host.openRun(saved?.id ?? ''));
    expect(notices()[0]).toContain('damaged');
    expect(of('model').at(-1)?.model.step).toBeLessThan(40);
  });
});

it('after a command has failed on the device, a smaller model trains on another', async () => {
  const world = await trained();
  world.world.faulty = true;
  value(await world.host.startRun(run, false));
  await world.until('finished');
  expect(world.world.opened).toBe(2);
});

describe('a lost device', () => {
  beforeEach(() => {
    vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const lose = (world: World) => {
    const engine = world.engines.at(-1);
    if (engine) engine.callsUntilLost = 0;
  };

  it('is replaced at once, and the run ends with the bits of an undisturbed one', async () => {
    const straight = setUp();
    await straight.host.openData([textFile()], auto);
    await straight.host.startRun({ ...run, training: { ...run.training, steps: 90 } }, false);
    await straight.until('finished');
    const wanted = await value(await straight.host.exportWeights()).arrayBuffer();

    const world = setUp();
    await world.host.openData([textFile()], auto);
    await world.host.startRun({ ...run, training: { ...run.training, steps: 90 } }, false);
    await world.untilStep(70);
    lose(world);
    await world.until('finished');
    expect(world.statuses().map(({ state }) => state)).toEqual([
      'preparing',
      'training',
      'recovering',
      'training',
      'finished',
    ]);
    expect(await value(await world.host.exportWeights()).arrayBuffer()).toEqual(wanted);
    expect(world.engines.length).toBe(2);
    expect(
      world.notices().filter((message) => /was lost .* goes on from step \d+/.test(message)),
    ).toHaveLength(1);
    // Steps since the copy are done again.
    const steps = world.steps().map(({ step }) => step);
    expect(steps.indexOf(60)).toBeLessThan(steps.lastIndexOf(60));
    expect(steps.at(-1)).toBe(89);
  });

  it('twice in two minutes waits until the browser gives an adapter again', async () => {
    const world = setUp();
    await world.host.openData([textFile()], auto);
    await world.host.startRun(long, false);
    await world.untilStep(3);
    lose(world);
    await vi.waitFor(() => expect(world.engines.length).toBe(2));
    await world.untilStep(5);
    const opened = world.world.opened;
    const lostAt = Date.now();
    lose(world);
    await world.until('recovering');
    const status = world.statuses().at(-1);
    expect(status).toMatchObject({ state: 'recovering', retryAtMs: expect.any(Number) });
    expect((status as { retryAtMs: number }).retryAtMs - lostAt).toBeGreaterThan(124_000);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(world.world.opened).toBe(opened);
    await vi.advanceTimersByTimeAsync(10_000);
    await world.until('training');
    expect(world.world.opened).toBe(opened + 1);
    await world.host.stopRun();
  });

  it('that does not come back fails after two attempts, and the model can still be exported', async () => {
    const world = setUp();
    await world.host.openData([textFile()], auto);
    await world.host.startRun(long, false);
    await world.untilStep(60);
    world.world.refusals = 9;
    lose(world);
    await world.until('recovering');
    await vi.advanceTimersByTimeAsync(130_000);
    await world.until('failed');
    expect(world.statuses().at(-1)).toMatchObject({ error: { code: 'no-webgpu' } });
    expect(world.world.opened).toBe(3);
    expect(value(await world.host.exportWeights()).size).toBeGreaterThan(1000);
    expect(error(await world.host.writer.generate(1, request))?.code).toBe('no-webgpu');
    world.world.refusals = 0;
    value(await world.host.writer.generate(2, request));
  });

  it('can be waited for no longer: pause and stop end the waiting', async () => {
    const world = setUp();
    await world.host.openData([textFile()], auto);
    await world.host.startRun(long, false);
    await world.untilStep(60);
    world.world.refusals = 1;
    lose(world);
    await vi.waitFor(() => expect(world.statuses().at(-1)).toHaveProperty('retryAtMs'));
    value(await world.host.pauseRun());
    expect(world.statuses().at(-1)).toEqual({ state: 'paused' });
    value(await world.host.resumeRun());
    await world.untilStep(62);
    expect(world.statuses().at(-1)).toEqual({ state: 'training' });
    value(await world.host.stopRun());
    expect(world.statuses().at(-1)).toEqual({ state: 'idle' });
  });

  it('that the browser does not give back yet is told to who waits for a text, and can be given up', async () => {
    const world = await trained();
    lose(world);
    world.world.refusals = 1;
    const writing = world.host.writer.generate(1, request);
    await vi.waitFor(() => expect(world.notices().at(-1)).toContain('no other for two minutes'));
    await world.host.writer.stopGenerating();
    value(await writing);
    expect(world.of('generated').at(-1)).toMatchObject({ done: true });
  });

  it('while nothing goes on is replaced at the next use', async () => {
    const world = setUp();
    await world.host.openData([textFile()], auto);
    await world.host.startRun(run, false);
    await world.until('finished');
    lose(world);
    value(await world.host.writer.generate(1, request));
    expect(world.of('generated').flatMap(({ bytes }) => [...bytes]).length).toBe(50);
    expect(world.engines.length).toBe(2);
  });

  it('before anything was laid out on it is replaced', async () => {
    const world = setUp();
    await world.host.start();
    await world.host.openData([textFile()], auto);
    world.world.deadDevices = 1;
    value(await world.host.startRun(run, false));
    await world.until('finished');
    // A second loss so soon is told, and the next try of the person's opens another device.
    world.world.deadDevices = 1;
    expect(error(await world.host.startRun(run, false))?.code).toBe('device-lost');
    value(await world.host.startRun(run, false));
    await world.until('finished');
  });

  it('in a paused run does not disturb what follows', async () => {
    const world = setUp();
    await world.host.openData([textFile()], auto);
    await world.host.startRun(run, false);
    await world.untilStep(10);
    await world.host.pauseRun();
    lose(world);
    value(await world.host.writer.generate(1, request));
    value(await world.host.resumeRun());
    await world.until('finished');
    expect(world.statuses().map(({ state }) => state)).not.toContain('recovering');
    expect(world.engines.length).toBe(2);
  });
});
