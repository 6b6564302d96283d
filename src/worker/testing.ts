// A host without a browser, for tests: engines that can be lost, storage that can fail, and every event kept.

import { vi } from 'vitest';
import { MemoryStore } from '../checkpoint/testing.ts';
import { TEXT } from '../data/medium.ts';
import { variantName } from '../kernels/index.ts';
import { EngineError, Failure } from '../lib/errors.ts';
import { type Choices, tuningItems } from '../measure/tuner.ts';
import type { RunConfig } from '../model/config.ts';
import { presets } from '../model/presets.ts';
import { BigramEngine } from '../model/testing/bigram.ts';
import { testConfig, testShape } from '../model/testing/configs.ts';
import type { EngineEvent, GenerateRequest, Result, RunStatus } from '../protocol/index.ts';
import type { OpenSurvey } from './benchmark.ts';
import type { Engines } from './engines.ts';
import { EngineHost } from './host.ts';
import type { OpenTuner } from './measuring.ts';

export const run: RunConfig = {
  name: 'cats',
  medium: TEXT,
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
/** Longer than any test. */
export const long: RunConfig = { ...run, training: { ...run.training, steps: 100_000, evaluateEvery: 1e6 } };
export const request: GenerateRequest = {
  prompt: new TextEncoder().encode('the'),
  samples: 1,
  length: 50,
  temperature: 1,
  topK: 0,
  topP: 1,
  seed: 1,
};
/** Files are read as what they are. */
export const auto = { kind: 'auto' } as const;

export const textFile = (text = 'the cat sat on the mat. '.repeat(40), name = 'cats.txt') =>
  new File([text], name);

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

const profile = { ...info, workgroupStorageBytes: 49_152 };

/** A survey of four rows of attention, one of which fails; each item waits until `world.measure` lets it. */
function fakeSurvey(letMeasure: () => Promise<void>): OpenSurvey {
  return async ({ longest }) => {
    let stop = () => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(new Failure('cancelled', 'The measurement was stopped.'));
    });
    stopped.catch(() => {});
    const item = (pattern: string, length: number) => ({
      words: `${pattern} attention over ${length} positions`,
      measure: async () => {
        await Promise.race([letMeasure(), stopped]);
        const subject = { group: 'attention', pattern, length, stride: 8, summaryCells: 2 } as const;
        return { ...subject, skipped: 'The graphics device was lost.' };
      },
    });
    const { vendor, architecture, description, software, features, maxBufferBytes } = info;
    return {
      adapter: { vendor, architecture, description, software, features, maxBindingBytes: maxBufferBytes },
      ceilings: { flopsPerSecond: 1e9, bytesPerSecond: 1e9 },
      items: [64, longest].flatMap((length) => [item('dense', length), item('strided', length)]),
      stop,
      close: () => {},
    };
  };
}

/** A tuner of two classes, each of which waits until `world.measure` lets it. */
function fakeTuner(letMeasure: () => Promise<void>): OpenTuner {
  return async () => {
    let close = () => {};
    const closed = new Promise<never>((_, reject) => {
      close = () => reject(new EngineError('device-lost', 'The graphics device was lost.'));
    });
    closed.catch(() => {});
    const items = tuningItems(profile).slice(0, 2);
    return {
      profile,
      items,
      steps: async function* () {
        for (const { storage, product, shape, candidates } of items) {
          await Promise.race([letMeasure(), closed]);
          const ms = candidates.map((_, index) => (index === 1 ? 1 : 2));
          yield { storage, product, shape, kernels: candidates.map(variantName), ms };
        }
      },
      close,
    };
  };
}

/** A host on bigram engines and a store in memory, with faults to order, and what it told the page. */
export function setUp({ store = new MemoryStore() } = {}) {
  const events: EngineEvent[] = [];
  const engines: BigramEngine[] = [];
  const world = {
    /** Adapters that `open` refuses before it gives one. */
    refusals: 0,
    /** Devices that are lost when an engine is laid out on them. */
    deadDevices: 0,
    /** A command has failed on the device. */
    faulty: false,
    opened: 0,
    mayWrite: true,
    hasStorage: true,
    /** What an item of a survey or of a tuner waits for. */
    measure: async () => {},
    /** The choices that engines were laid out with, one entry for each. */
    choices: [] as (Choices | undefined)[],
  };
  const host = new EngineHost({
    openEngines: async ({ choicesFor }) => {
      world.opened += 1;
      if (world.refusals > 0) {
        world.refusals -= 1;
        throw new EngineError('no-webgpu', 'WebGPU found no graphics adapter.');
      }
      world.faulty = false;
      let choices = await choicesFor(profile);
      return {
        info,
        get faulty() {
          return world.faulty;
        },
        choose: (next) => {
          choices = next;
          return { ...info, ladder: choices ? ['tuned'] : [] };
        },
        create: async (config, shape) => {
          world.choices.push(choices);
          if (world.faulty) throw new EngineError('out-of-memory', 'The GPU has not enough memory.');
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
    openSurvey: fakeSurvey(() => world.measure()),
    openTuner: fakeTuner(() => world.measure()),
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

export type World = ReturnType<typeof setUp>;

/** The value of a command that must succeed. */
export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** The error of a command that must fail. */
/** A world in which a run of this configuration trains. */
export async function training(config: RunConfig): Promise<World> {
  const world = setUp();
  await world.host.openData([textFile()], auto);
  value(await world.host.startRun(config, false));
  return world;
}

/** The same, when `run` has ended. */
export async function trained(): Promise<World> {
  const world = await training(run);
  await world.until('finished');
  return world;
}

export const error = <T>(result: Result<T>) => (result.ok ? undefined : result.error);
