// Models that come with the page: their files are what is said of them, and they open only where nothing is in their way.

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodeWeights } from '../checkpoint/weights.ts';
import { presets } from '../model/presets.ts';
import type { EngineInfo, ModelInfo } from '../protocol/index.ts';
import { trainBuiltin } from './commands.ts';
import { addressOf, readyMade } from './ready-made.ts';
import {
  awaitsGreeting,
  generateWith,
  greet,
  openReadyMade,
  stopOpeningReadyMade,
} from './ready-made-commands.ts';
import { useWeft } from './store.ts';
import { setUp, state, type World } from './testing.ts';

const [digits] = readyMade;
if (!digits) throw new Error('no model comes with the page');

const info: ModelInfo = {
  config: presets.tiny.model,
  medium: presets.tiny.medium,
  parameters: 1,
  name: digits.name,
  step: 1,
};
const gpu: EngineInfo = {
  engine: 'webgpu',
  software: false,
  vendor: 'x',
  architecture: '',
  description: '',
  features: [],
  ladder: [],
  maxBufferBytes: 2 ** 30,
};

let world: World;
/** Lets the fetch that is under way go on. */
let deliver: (response: Response) => void;
let asked: [address: string, signal: AbortSignal][];

beforeEach(() => {
  world = setUp();
  world.answers.importWeights = { ok: true, value: info };
  asked = [];
  vi.stubGlobal('fetch', (address: string, { signal }: { signal: AbortSignal }) => {
    asked.push([address, signal]);
    return new Promise<Response>((resolve, reject) => {
      deliver = resolve;
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const imported = () => world.asked.filter(([method]) => method === 'importWeights').map(([, file]) => file);
const ready = (engine: Partial<EngineInfo> = {}) =>
  world.handlers.onLifecycle({ state: 'ready', info: { ...gpu, ...engine } });

describe.each(readyMade)('$name', (model) => {
  const file = readFileSync(`public${addressOf(model)}`);

  test('is a file of weights, as large as is said', () => {
    expect(file.length).toBe(model.sizeBytes);
    const { name, medium, heldOutBitsPerByte } = decodeWeights(new Uint8Array(file));
    expect(name).toBe(model.name);
    expect(medium.kind).toBe(model.kind);
    expect(heldOutBitsPerByte).toBeGreaterThan(0);
  });
});

describe('opening one', () => {
  test('fetches it from this site, says how much has come, and hands it to the engine', async () => {
    const opening = openReadyMade(digits);
    expect(state().library.arriving).toEqual({ model: digits, receivedBytes: 0 });
    const seen = new Set<number | undefined>();
    const unsubscribe = useWeft.subscribe(({ library }) => seen.add(library.arriving?.receivedBytes));
    const pieces = [1, 2, 3].map((value) => new Uint8Array(10).fill(value));
    const body = new ReadableStream({
      pull(controller) {
        const piece = pieces.shift();
        if (piece) controller.enqueue(piece);
        else controller.close();
      },
    });
    deliver(new Response(body));
    expect(await opening).toBe(true);
    unsubscribe();
    expect([...seen].slice(0, 3)).toEqual([10, 20, 30]);
    expect(asked[0]?.[0]).toBe('/models/digits.safetensors');
    const [file] = imported() as [File];
    expect(file.name).toBe(digits.name);
    expect([...new Uint8Array(await file.arrayBuffer())].filter((_, at) => at % 10 === 0)).toEqual([1, 2, 3]);
    expect(state().library).toMatchObject({ model: info, arriving: null });
  });

  test('can be stopped, and says nothing then', async () => {
    const opening = openReadyMade(digits);
    stopOpeningReadyMade();
    expect(await opening).toBe(false);
    expect(state().library.arriving).toBeNull();
    expect(state().notices).toEqual([]);
    expect(imported()).toEqual([]);
  });

  test('a second time gives the first fetch up', async () => {
    const first = openReadyMade(digits);
    const second = openReadyMade(digits);
    expect(await first).toBe(false);
    expect(state().library.arriving).not.toBeNull();
    deliver(new Response(new Uint8Array(4)));
    expect(await second).toBe(true);
    expect(imported()).toHaveLength(1);
  });

  test('that fails is told, and costs nothing', async () => {
    for (const response of [new Response('', { status: 404 }), Response.error()]) {
      const opening = openReadyMade(digits);
      deliver(response);
      expect(await opening).toBe(false);
      expect(state().notices.at(-1)?.message).toMatch(/Handwritten digits.*could not be fetched/);
      expect(state().library).toMatchObject({ model: null, arriving: null });
    }
  });

  test('gives way to a model or a run that has come in between', async () => {
    const late = openReadyMade(digits);
    world.handlers.onEvent({ type: 'model', model: { ...info, name: 'mine' } });
    deliver(new Response(new Uint8Array(4)));
    expect(await late).toBe(false);

    const later = openReadyMade(digits);
    await trainBuiltin();
    deliver(new Response(new Uint8Array(4)));
    expect(await later).toBe(false);
    expect(imported()).toEqual([]);
    expect(state().notices).toEqual([]);
  });

  test('takes the place of a run that is paused', async () => {
    await trainBuiltin();
    world.handlers.onEvent({ type: 'status', status: { state: 'paused' } });
    const opening = openReadyMade(digits);
    deliver(new Response(new Uint8Array(4)));
    expect(await opening).toBe(true);
    expect(state().library.model).toEqual(info);
  });

  test('lets it make something where that was asked for', async () => {
    const making = generateWith(digits);
    deliver(new Response(new Uint8Array(4)));
    await making;
    expect(world.methods()).toContain('generate');
    expect(state().generation.state).toBe('writing');
  });
});

describe('a newcomer', () => {
  const settled = () => vi.waitFor(() => expect(state().library.listed).toBe(true));

  test('is shown a model at work, once', async () => {
    ready();
    expect(awaitsGreeting(state())).toBe(false);
    await settled();
    expect(awaitsGreeting(state())).toBe(true);
    const greeting = greet();
    expect(awaitsGreeting(state())).toBe(false);
    deliver(new Response(new Uint8Array(4)));
    await greeting;
    expect(state().generation.state).toBe('writing');
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['a processor alone', { software: true }],
    ['the reference engine', { engine: 'reference' }],
  ] as const)('with %s is asked first', async (_, engine) => {
    ready(engine);
    await settled();
    expect(awaitsGreeting(state())).toBe(false);
    await greet();
    expect(asked).toEqual([]);
  });

  test('is no newcomer with saved runs', async () => {
    const run = { id: 'a', name: 'a', medium: info.medium, step: 1, steps: 2, savedAtMs: 0, sizeBytes: 1 };
    world.answers.listRuns = { ok: true, value: [run] };
    ready();
    await settled();
    expect(awaitsGreeting(state())).toBe(false);
  });
});
