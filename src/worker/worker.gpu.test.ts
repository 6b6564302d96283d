// The real worker in a real browser: WebGPU, Comlink, the event port and the browser's file system together.

import * as Comlink from 'comlink';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TEXT } from '../data/medium.ts';
import type { RunConfig } from '../model/config.ts';
import { presets } from '../model/presets.ts';
import { testConfig } from '../model/testing.ts';
import type { EngineApi, EngineEvent, Result } from '../protocol/index.ts';

const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' });
const engine = Comlink.wrap<EngineApi>(worker);
const events: EngineEvent[] = [];

const of = <T extends EngineEvent['type']>(type: T) =>
  events.filter((event): event is Extract<EngineEvent, { type: T }> => event.type === type);

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

const until = (check: () => boolean) => vi.waitFor(() => expect(check()).toBe(true), { timeout: 90_000 });

beforeAll(async () => {
  const root = await navigator.storage.getDirectory();
  for (const name of ['runs', 'data']) await root.removeEntry(name, { recursive: true }).catch(() => {});
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => events.push(data as EngineEvent);
  await engine.connect(Comlink.transfer(port2, [port2]));
});

afterAll(() => worker.terminate());

const run: RunConfig = {
  medium: TEXT,
  name: 'cats',
  model: testConfig,
  training: {
    ...presets.tiny.training,
    steps: 60,
    microBatch: 2,
    learningRate: 0.01,
    evaluateEvery: 30,
    sampleEvery: 0,
  },
};

it('trains, pauses, generates, saves and opens again', async () => {
  const info = value(await engine.start());
  expect(info.engine).toBe('webgpu');
  await until(() => of('heartbeat').length > 0);

  const text = 'the cat sat on the mat. '.repeat(60);
  expect(value(await engine.openData([new File([text], 'cats.txt')], { kind: 'auto' })).sizeBytes).toBe(
    text.length,
  );
  expect(value(await engine.preflight(run)).problems).toEqual([]);
  value(await engine.startRun(run, false));
  await until(() => of('steps').length > 0);
  value(await engine.pauseRun());
  // Events come by a port of their own, so they may arrive after the answer.
  await until(() => of('status').at(-1)?.status.state === 'paused');

  const prompt = new TextEncoder().encode('the ');
  const request = { prompt, samples: 1, length: 40, temperature: 1, topK: 0, topP: 1, seed: 1 };
  value(await engine.generate(1, request));
  await until(() => of('generated').some(({ done }) => done));
  expect(of('generated').reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(40);

  const [saved] = value(await engine.listRuns());
  expect(saved).toMatchObject({ name: 'cats', steps: 60 });
  value(await engine.resumeRun());
  await until(() => of('status').at(-1)?.status.state === 'finished');
  expect(of('steps').flatMap(({ steps }) => steps.map(({ step }) => step))).toEqual(
    Array.from({ length: 60 }, (_, i) => i),
  );

  const weights = value(await engine.exportWeights());
  const imported = value(await engine.importWeights(new File([weights], 'cats.safetensors')));
  expect(imported).toMatchObject({ name: 'cats', step: 60 });
  expect(value(await engine.openRun(saved?.id ?? ''))).toEqual(run);
  value(await engine.deleteRun(saved?.id ?? ''));
  expect(value(await engine.listRuns())).toEqual([]);
  expect(of('notice')).toEqual([]);
});
