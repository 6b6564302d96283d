// The host without a browser: commands in any order, storage that fails, devices that are lost.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore } from '../checkpoint/testing.ts';
import { EngineError } from '../lib/errors.ts';
import type { RunConfig } from '../model/config.ts';
import { presets } from '../model/presets.ts';
import { BigramEngine, testConfig, testShape } from '../model/testing.ts';
import type { EngineEvent, GenerateRequest, Result, RunStatus } from '../protocol/index.ts';
import type { Engines } from './engines.ts';
import { EngineHost } from './host.ts';

const run: RunConfig = {
  name: 'cats',
  model: testConfig,
  training: {
    ...presets.tiny.training,
    ...testShape,
    steps: 40,
    learningRate: 0.03,
    warmupSteps: 2,
    evaluateEvery: 20,
    sampleEvery: 0,
  },
};
const long: RunConfig = { ...run, training: { ...run.training, steps: 100_000, evaluateEvery: 1e6 } };
const request: GenerateRequest = { prompt: 'the', length: 50, temperature: 1, topK: 0, topP: 1, seed: 1 };
const textFile = (text = 'the cat sat on the mat. '.repeat(40), name = 'cats.txt') => new File([text], name);

const info: Engines['info'] = {
  engine: 'webgpu',
  software: false,
  vendor: 'test',
  architecture: '',
  description: '',
  features: [],
  ladder: [],
  maxBufferBytes: 2 ** 30,
};

function setUp({ store = new MemoryStore() } = {}) {
  const events: EngineEvent[] = [];
  const engines: BigramEngine[] = [];
  const world = {
    /** Adapters that `open` refuses before it gives one. */
    refusals: 0,
    /** Devices that are lost when an engine is laid out on them. */
    deadDevices: 0,
    opened: 0,
    mayWrite: true,
    hasStorage: true,
  };
  const host = new EngineHost({
    openEngines: async () => {
      world.opened += 1;
      if (world.refusals > 0) {
        world.refusals -= 1;
        throw new EngineError('no-webgpu', 'WebGPU found no graphics adapter.');
      }
      return {
        info,
        create: async (config, shape) => {
          if (world.deadDevices > 0) {
            world.deadDevices -= 1;
            throw new EngineError('device-lost', 'The graphics device was lost.');
          }
          const engine = new BigramEngine(config, shape);
          engines.push(engine);
          return engine;
        },
        close: () => {},
      };
    },
    storage: {
      open: async () => {
        if (!world.hasStorage) throw new Error('no storage here');
        return store;
      },
      claimWriting: async () => world.mayWrite,
    },
    emit: (event) => events.push(event),
  });
  const of = <T extends EngineEvent['type']>(type: T) =>
    events.filter((event): event is Extract<EngineEvent, { type: T }> => event.type === type);
  return {
    host,
    store,
    world,
    events,
    engines,
    of,
    steps: () => of('steps').flatMap(({ steps }) => steps),
    statuses: () => of('status').map(({ status }) => status),
    notices: () => of('notice').map(({ message }) => message),
    /** Resolves when the status is one of these. */
    until: (...states: RunStatus['state'][]) =>
      vi.waitFor(
        () => {
          const state = of('status').at(-1)?.status.state;
          if (!state || !states.includes(state)) throw new Error(`the state is ${state}`);
        },
        { timeout: 20_000, interval: 5 },
      ),
    untilStep: (step: number) =>
      vi.waitFor(
        () => {
          const last = of('steps').at(-1)?.steps.at(-1)?.step ?? -1;
          if (last < step) throw new Error(`at step ${last}`);
        },
        { timeout: 20_000, interval: 2 },
      ),
  };
}

type World = ReturnType<typeof setUp>;

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

const error = <T>(result: Result<T>) => (result.ok ? undefined : result.error);

describe('a run', () => {
  it('trains to its end, is saved, and leaves a model that generates', async () => {
    const { host, statuses, steps, of, until, store } = setUp();
    expect(value(await host.start()).engine).toBe('webgpu');
    const data = value(await host.openData(textFile()));
    expect(data).toMatchObject({ name: 'cats.txt', sizeBytes: 960, trainBytes: 864, validationBytes: 48 });
    expect(data.gzipBitsPerByte).toBeGreaterThan(0);
    value(await host.startRun({ ...run, training: { ...run.training, sampleEvery: 25 } }, false));
    await until('finished');
    expect(statuses().map(({ state }) => state)).toEqual(['preparing', 'training', 'finished']);
    expect(steps().map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(of('evaluation').map(({ evaluation }) => evaluation.step)).toEqual([20, 40]);
    expect(of('sample').map(({ step }) => step)).toEqual([25]);
    expect(of('model').at(-1)?.model).toMatchObject({ name: 'cats', step: 40 });
    expect(value(await host.listRuns())).toMatchObject([{ name: 'cats', step: 40, steps: 40 }]);
    expect([...store.files.keys()].filter((path) => path.startsWith('data/')).length).toBe(1);

    value(await host.generate(7, request));
    const generated = of('generated');
    expect(generated.every(({ id }) => id === 7)).toBe(true);
    expect(generated.flatMap(({ bytes }) => [...bytes]).length).toBe(50);
    expect(generated.map(({ done }) => done).lastIndexOf(false)).toBe(generated.length - 2);
  });

  it('pauses, generates and goes on to the same bits as without', async () => {
    const straight = setUp();
    await straight.host.openData(textFile());
    await straight.host.startRun(run, false);
    await straight.until('finished');
    const wanted = await value(await straight.host.exportWeights()).arrayBuffer();

    const { host, untilStep, until, statuses, steps } = setUp();
    await host.openData(textFile());
    value(await host.startRun(run, false));
    await untilStep(5);
    value(await host.generate(1, request));
    await untilStep(10);
    value(await host.pauseRun());
    expect(statuses().at(-1)?.state).toBe('paused');
    const pausedAt = steps().length;
    value(await host.generate(2, request));
    expect(steps().length).toBe(pausedAt);
    value(await host.resumeRun());
    await until('finished');
    expect(steps().map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(await value(await host.exportWeights()).arrayBuffer()).toEqual(wanted);
  });

  it('generates while it trains, and goes on by itself', async () => {
    const { host, untilStep, of, statuses } = setUp();
    await host.openData(textFile());
    await host.startRun(long, false);
    await untilStep(3);
    value(await host.generate(1, request));
    expect(of('generated').at(-1)?.done).toBe(true);
    const step = of('steps').at(-1)?.steps.at(-1)?.step ?? 0;
    await untilStep(step + 3);
    const exported = value(await host.exportWeights());
    expect(exported.size).toBeGreaterThan(1000);
    value(await host.stopRun());
    expect(statuses().map(({ state }) => state)).toEqual(['preparing', 'training', 'idle']);
    value(await host.generate(2, request));
  });

  it('is opened again by another worker and ends with the same bits', async () => {
    const straight = setUp();
    await straight.host.openData(textFile());
    await straight.host.startRun(run, false);
    await straight.until('finished');
    const wanted = await value(await straight.host.exportWeights()).arrayBuffer();

    const first = setUp();
    await first.host.openData(textFile());
    await first.host.startRun(run, false);
    await first.untilStep(15);
    await first.host.pauseRun();

    const second = setUp({ store: first.store });
    const [saved] = value(await second.host.listRuns());
    expect(value(await second.host.openRun(saved?.id ?? ''))).toEqual(run);
    expect(second.statuses().at(-1)).toEqual({ state: 'paused' });
    value(await second.host.resumeRun());
    await second.until('finished');
    expect(await value(await second.host.exportWeights()).arrayBuffer()).toEqual(wanted);

    // The data was stored with the run; without it, the same file is asked for.
    const third = setUp({ store: first.store });
    for (const path of first.store.files.keys()) if (path.startsWith('data/')) first.store.files.delete(path);
    await third.host.openRun(saved?.id ?? '');
    await third.host.stopRun();
    value(await third.host.deleteRun(saved?.id ?? ''));
    expect(value(await third.host.listRuns())).toEqual([]);
  });

  it('asks for its file when that is not stored', async () => {
    const first = setUp();
    await first.host.openData(textFile());
    await first.host.startRun(long, false);
    await first.untilStep(3);
    await first.host.stopRun();
    for (const path of first.store.files.keys()) if (path.startsWith('data/')) first.store.files.delete(path);
    const { host, until } = setUp({ store: first.store });
    const [saved] = value(await host.listRuns());
    value(await host.openRun(saved?.id ?? ''));
    expect(error(await host.resumeRun())?.message).toContain('Open cats.txt (960 bytes) first');
    await host.openData(textFile('another text entirely. '.repeat(40), 'other.txt'));
    expect(error(await host.resumeRun())?.code).toBe('bad-input');
    await host.openData(textFile());
    value(await host.resumeRun());
    await until('training');
    await host.stopRun();
  });

  it('goes on from imported weights', async () => {
    const first = setUp();
    await first.host.openData(textFile());
    await first.host.startRun(run, false);
    await first.until('finished');
    const file = new File([value(await first.host.exportWeights())], 'cats.safetensors');

    const { host, until, steps } = setUp();
    expect(error(await host.startRun(run, true))?.message).toContain('Open a file');
    await host.openData(textFile());
    expect(error(await host.startRun(run, true))?.message).toContain('no model to go on from');
    expect(value(await host.importWeights(file))).toMatchObject({
      name: 'cats',
      step: 40,
      config: testConfig,
    });
    value(await host.generate(1, request));
    const wider = { ...run, model: { ...testConfig, dFF: 16 } };
    expect(error(await host.startRun(wider, true))?.message).toContain('another model');
    value(await host.startRun(run, true));
    await until('finished');
    expect(steps()[0]?.bitsPerByte).toBeLessThan(7.5);
  });

  it('fails in words when it diverges, with the last copy still there', async () => {
    const { host, engines, until, untilStep, statuses } = setUp();
    await host.openData(textFile());
    await host.startRun(long, false);
    await untilStep(2);
    for (const engine of engines) engine.poisonedStep = 60;
    await until('failed');
    expect(statuses().at(-1)).toMatchObject({
      error: { code: 'diverged', message: expect.stringContaining('step 60') },
    });
    value(await host.generate(1, request));
    expect(value(await host.exportWeights()).size).toBeGreaterThan(1000);
  });

  it('is refused in words when something is missing or wrong', async () => {
    const { host, statuses } = setUp();
    const refused = async (result: Promise<Result<unknown>>) => error(await result);
    expect((await refused(host.generate(1, request)))?.code).toBe('not-found');
    expect((await refused(host.exportWeights()))?.code).toBe('not-found');
    expect((await refused(host.resumeRun()))?.code).toBe('bad-input');
    expect((await refused(host.openRun('none')))?.code).toBe('not-found');
    expect((await refused(host.openData(textFile(''))))?.code).toBe('bad-file');
    await host.openData(textFile('short text that is long enough'));
    expect((await refused(host.startRun(run, false)))?.message).toContain('a context of 32');
    await host.openData(textFile());
    const odd = { ...run, model: { ...testConfig, nHead: 3 } };
    expect((await refused(host.startRun(odd, false)))?.code).toBe('bad-config');
    expect(value(await host.preflight(odd)).problems.length).toBeGreaterThan(0);
    expect((await refused(host.importWeights(textFile())))?.code).toBe('bad-file');
    for (const change of [
      { length: 0 },
      { temperature: Number.NaN },
      { topP: 0 },
      { topK: 1.5 },
      { seed: -1 },
    ]) {
      expect((await refused(host.generate(1, { ...request, ...change })))?.code).toBe('bad-input');
    }
    expect(statuses()).toEqual([]);
    value(await host.pauseRun());
    value(await host.stopRun());
    value(await host.stopGenerating());
  });
});

describe('generation', () => {
  it('stops when told, and when another begins', async () => {
    const { host, of, until } = setUp();
    await host.openData(textFile());
    await host.startRun(run, false);
    await until('finished');
    const endless = { ...request, length: 1_000_000 };
    const first = host.generate(1, endless);
    await vi.waitFor(() => expect(of('generated').length).toBeGreaterThan(0));
    const second = host.generate(2, endless);
    value(await first);
    await vi.waitFor(() => expect(of('generated').some(({ id, done }) => id === 2 && !done)).toBe(true));
    value(await host.stopGenerating());
    value(await second);
    expect(
      of('generated')
        .filter(({ done }) => done)
        .map(({ id }) => id),
    ).toEqual([1, 2]);
  });
});

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
      await world.host.openData(textFile());
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
    await first.host.openData(textFile());
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
    await straight.host.openData(textFile());
    await straight.host.startRun({ ...run, training: { ...run.training, steps: 90 } }, false);
    await straight.until('finished');
    const wanted = await value(await straight.host.exportWeights()).arrayBuffer();

    const world = setUp();
    await world.host.openData(textFile());
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
    // Steps since the copy are done again.
    const steps = world.steps().map(({ step }) => step);
    expect(steps.indexOf(60)).toBeLessThan(steps.lastIndexOf(60));
    expect(steps.at(-1)).toBe(89);
  });

  it('twice in two minutes waits until the browser gives an adapter again', async () => {
    const world = setUp();
    await world.host.openData(textFile());
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
    await world.host.openData(textFile());
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
    expect(error(await world.host.generate(1, request))?.code).toBe('no-webgpu');
    world.world.refusals = 0;
    value(await world.host.generate(2, request));
  });

  it('can be waited for no longer: pause and stop end the waiting', async () => {
    const world = setUp();
    await world.host.openData(textFile());
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

  it('while nothing goes on is replaced at the next use', async () => {
    const world = setUp();
    await world.host.openData(textFile());
    await world.host.startRun(run, false);
    await world.until('finished');
    lose(world);
    value(await world.host.generate(1, request));
    expect(world.of('generated').flatMap(({ bytes }) => [...bytes]).length).toBe(50);
    expect(world.engines.length).toBe(2);
  });

  it('before anything was laid out on it is replaced', async () => {
    const world = setUp();
    await world.host.start();
    await world.host.openData(textFile());
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
    await world.host.openData(textFile());
    await world.host.startRun(run, false);
    await world.untilStep(10);
    await world.host.pauseRun();
    lose(world);
    value(await world.host.generate(1, request));
    value(await world.host.resumeRun());
    await world.until('finished');
    expect(world.statuses().map(({ state }) => state)).not.toContain('recovering');
    expect(world.engines.length).toBe(2);
  });
});

describe('any commands in any order', () => {
  it('keep the state possible and are all answered', async () => {
    const command = fc.constantFrom(
      'data',
      'start',
      'pause',
      'resume',
      'stop',
      'generate',
      'silence',
      'export',
      'lose',
      'list',
      'open',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 12 }), async (commands) => {
        const world = setUp();
        await world.host.openData(textFile());
        const answers: Promise<Result<unknown>>[] = [];
        let lost = false;
        for (const [index, name] of commands.entries()) {
          const { host } = world;
          if (name === 'data') answers.push(host.openData(textFile()));
          if (name === 'start') answers.push(host.startRun(long, false));
          if (name === 'pause') answers.push(host.pauseRun());
          if (name === 'resume') answers.push(host.resumeRun());
          if (name === 'stop') answers.push(host.stopRun());
          if (name === 'generate') answers.push(host.generate(index, request));
          if (name === 'silence') answers.push(host.stopGenerating());
          if (name === 'export') answers.push(host.exportWeights());
          if (name === 'list') answers.push(host.listRuns());
          if (name === 'open')
            answers.push(
              host.listRuns().then((runs) => host.openRun(runs.ok ? (runs.value[0]?.id ?? '') : '')),
            );
          const engine = world.engines.at(-1);
          if (name === 'lose' && !lost && engine) {
            engine.callsUntilLost = 0;
            lost = true;
          }
          await new Promise((resolve) => setTimeout(resolve, index % 3));
        }
        answers.push(world.host.stopRun());
        for (const answer of await Promise.all(answers)) {
          if (!answer.ok) expect(['bad-input', 'not-found', 'device-lost']).toContain(answer.error.code);
        }
        const states = world.statuses().map(({ state }) => state);
        expect(states.at(-1) ?? 'idle').toMatch(/idle|failed/);
        const live = world.engines.filter((engine) => !engine.destroyed);
        expect(live.length).toBeLessThanOrEqual(lost ? 2 : 1);
        const requests = commands.flatMap((name, index) => (name === 'generate' ? [index] : []));
        const ended = world
          .of('generated')
          .filter(({ done }) => done)
          .map(({ id }) => id);
        expect(ended.every((id) => requests.includes(id))).toBe(true);
        expect(new Set(ended).size).toBe(ended.length);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
