// The client against fake workers: every call settles exactly once, whatever happens to the worker.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EngineApi, EngineEvent, RunConfig } from '../protocol/index.ts';
import { type Client, createClient, type Lifecycle, SILENCE_MS, TRUST_MS } from './client.ts';
import { deadlineMs } from './deadlines.ts';
import { FakeWorker, fakeInfo, settlePorts } from './testing.ts';

const anyRun = {} as RunConfig;
const never = () => new Promise<never>(() => {});

function setUp(api: Partial<EngineApi> = {}) {
  const workers: FakeWorker[] = [];
  const events: EngineEvent[] = [];
  const lives: Lifecycle[] = [];
  const client = createClient({
    spawn: () => {
      const worker = new FakeWorker(api);
      workers.push(worker);
      return worker;
    },
    onEvent: (event) => events.push(event),
    onLifecycle: (life) => lives.push(life),
  });
  clients.push(client);
  return { client, workers, events, lives, states: () => lives.map(({ state }) => state) };
}

const clients: Client[] = [];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
  vi.useRealTimers();
});

/** Advances time in steps no longer than the watchdog's own, as real time would. */
async function pass(milliseconds: number, between?: () => void): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 1000) {
    await vi.advanceTimersByTimeAsync(Math.min(1000, milliseconds - passed));
    if (!between) continue;
    between();
    await settlePorts();
  }
}

describe('a healthy engine', () => {
  test('starts, tells what it is and answers', async () => {
    const { client, lives } = setUp({ listRuns: async () => ({ ok: true, value: [] }) });
    await settlePorts();
    expect(lives).toEqual([{ state: 'starting' }, { state: 'ready', info: fakeInfo }]);
    expect(await client.call('listRuns')).toEqual({ ok: true, value: [] });
  });

  test('hands its events to the page in order', async () => {
    const { workers, events } = setUp();
    await settlePorts();
    workers[0]?.send({ type: 'status', status: { state: 'training' } });
    workers[0]?.send({ type: 'heartbeat' });
    await settlePorts();
    expect(events.map(({ type }) => type)).toEqual(['status', 'heartbeat']);
  });

  test('passes on errors as plain records', async () => {
    const error = { code: 'bad-file', message: 'The file is empty.' } as const;
    const { client } = setUp({ openData: async () => ({ ok: false, error }) });
    expect(await client.call('openData', [new File([], 'a')], { kind: 'auto' })).toEqual({
      ok: false,
      error,
    });
  });

  test('turns what the worker throws into a record', async () => {
    const { client } = setUp({ listRuns: () => Promise.reject(new Error('boom')) });
    const answer = await client.call('listRuns');
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(answer.ok ? '' : answer.error.message).toContain('boom');
  });

  test('that sends heartbeats is left alone for as long as it likes', async () => {
    const { workers, states } = setUp();
    await settlePorts();
    await pass(60_000, () => workers[0]?.send({ type: 'heartbeat' }));
    expect(states()).toEqual(['starting', 'ready']);
  });
});

describe('deadlines', () => {
  test('a call without an answer ends as a timeout, and the engine lives on', async () => {
    const { client, workers, states } = setUp({ preflight: never });
    await settlePorts();
    const answer = client.call('preflight', anyRun);
    await pass(deadlineMs.preflight ?? 0, () => workers[0]?.send({ type: 'heartbeat' }));
    expect(await answer).toMatchObject({ ok: false, error: { code: 'timeout' } });
    expect(states()).toEqual(['starting', 'ready']);
  });

  test('an engine that never starts is replaced once, then given up', async () => {
    const { workers, states } = setUp({ start: never });
    await pass(2 * (deadlineMs.start ?? 0) + 2000);
    expect(states()).toEqual(['starting', 'lost', 'starting', 'lost']);
    expect(workers.every(({ terminated }) => terminated)).toBe(true);
  });
});

describe('a worker that dies', () => {
  test('by a crash: open calls settle at once and another one starts', async () => {
    const { client, workers, lives } = setUp({ generate: never });
    await settlePorts();
    const answer = client.call('generate', 1, {
      prompt: new Uint8Array(),
      samples: 1,
      length: 1,
      temperature: 1,
      topK: 0,
      topP: 1,
      seed: 0,
    });
    workers[0]?.crash('out of memory');
    expect(await answer).toMatchObject({ ok: false, error: { code: 'worker-lost' } });
    expect(workers[0]?.terminated).toBe(true);
    await settlePorts();
    expect(workers).toHaveLength(2);
    expect(lives.at(2)).toMatchObject({ state: 'lost', restarting: true });
    expect(lives.at(-1)?.state).toBe('ready');
  });

  test('by an unreadable message', async () => {
    const { workers, states } = setUp();
    await settlePorts();
    workers[0]?.dispatchEvent(new Event('messageerror'));
    await settlePorts();
    expect(states()).toEqual(['starting', 'ready', 'lost', 'starting', 'ready']);
  });

  test('by silence from the beginning', async () => {
    const { states } = setUp();
    await settlePorts();
    await pass(SILENCE_MS + 1000);
    await settlePorts();
    expect(states()).toEqual(['starting', 'ready', 'lost', 'starting', 'ready']);
  });

  test('by silence', async () => {
    const { client, workers, states } = setUp({ generate: never });
    await settlePorts();
    workers[0]?.send({ type: 'heartbeat' });
    await settlePorts();
    const answer = client.call('stopGenerating');
    await pass(SILENCE_MS + 1000);
    expect((await answer).ok).toBe(false);
    await settlePorts();
    expect(states()).toEqual(['starting', 'ready', 'lost', 'starting', 'ready']);
  });

  test('a late timer is the page asleep, not the worker silent', async () => {
    const { workers, states } = setUp();
    await settlePorts();
    workers[0]?.send({ type: 'heartbeat' });
    await settlePorts();
    const realNow = performance.now.bind(performance);
    const sleep = vi.spyOn(performance, 'now').mockImplementation(() => realNow() + 3_600_000);
    await pass(1000);
    sleep.mockRestore();
    expect(states()).toEqual(['starting', 'ready']);
  });

  test('twice in short order is left to the person, who can restart it', async () => {
    const { client, workers, lives } = setUp();
    await settlePorts();
    workers[0]?.crash('one');
    await settlePorts();
    workers[1]?.crash('two');
    await settlePorts();
    expect(lives.at(-1)).toMatchObject({ state: 'lost', restarting: false });
    expect(await client.call('listRuns')).toMatchObject({ ok: false, error: { code: 'worker-lost' } });
    client.restart();
    await settlePorts();
    expect(lives.at(-1)?.state).toBe('ready');
  });

  test('again after a long good life is replaced again', async () => {
    const { workers, lives } = setUp();
    await settlePorts();
    workers[0]?.crash('one');
    await settlePorts();
    await pass(TRUST_MS + 1000, () => workers[1]?.send({ type: 'heartbeat' }));
    workers[1]?.crash('two');
    await settlePorts();
    expect(workers).toHaveLength(3);
    expect(lives.at(-1)?.state).toBe('ready');
  });

  test('events of an ended worker no longer arrive', async () => {
    const { workers, events } = setUp();
    await settlePorts();
    workers[0]?.crash('one');
    workers[0]?.send({ type: 'status', status: { state: 'training' } });
    await settlePorts();
    expect(events).toEqual([]);
  });
});

test('a worker that may not be made at all is reported, not thrown', () => {
  const lives: Lifecycle[] = [];
  const client = createClient({
    spawn: () => {
      throw new Error('blocked');
    },
    onEvent: () => {},
    onLifecycle: (life) => lives.push(life),
  });
  clients.push(client);
  expect(lives.at(-1)).toMatchObject({ state: 'lost', restarting: false });
});

test('every call settles exactly once under any mix of answers, crashes, silence and restarts', async () => {
  const action = fc.constantFrom(
    'answered',
    'unanswered',
    'crash',
    'heartbeat',
    'wait',
    'long wait',
    'restart',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
      const { client, workers } = setUp({
        listRuns: async () => ({ ok: true, value: [] }),
        preflight: never,
      });
      await settlePorts();
      let settled = 0;
      let called = 0;
      const call = (method: 'listRuns' | 'preflight') => {
        called++;
        const answer = method === 'listRuns' ? client.call(method) : client.call(method, anyRun);
        void answer.then(() => {
          settled++;
        });
      };
      for (const next of actions) {
        const worker = workers.at(-1);
        if (next === 'answered') call('listRuns');
        if (next === 'unanswered') call('preflight');
        if (next === 'crash') worker?.crash('x');
        if (next === 'heartbeat') worker?.send({ type: 'heartbeat' });
        if (next === 'wait') await pass(1000);
        if (next === 'long wait') await pass(SILENCE_MS + 2000);
        if (next === 'restart') client.restart();
        await settlePorts();
      }
      await pass(deadlineMs.listRuns ?? 0);
      await settlePorts();
      client.dispose();
      expect(settled).toBe(called);
      expect(workers.slice(0, -1).every(({ terminated }) => terminated)).toBe(true);
    }),
    { numRuns: 40 },
  );
});
