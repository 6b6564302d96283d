// An engine that follows a script instead of computing: for the states that a real one reaches only by bad luck,
// and for pictures that must be the same each time. Tests put it in the worker's place; it is no part of the site.

import * as Comlink from 'comlink';
import { decodeWeights } from '../src/checkpoint/weights.ts';
import { builtinAudio } from '../src/data/builtin-audio.ts';
import { builtinImages } from '../src/data/builtin-images.ts';
import { builtinText } from '../src/data/builtin-text.ts';
import { itemBytes, TEXT } from '../src/data/medium.ts';
import { presets } from '../src/model/presets.ts';
import type {
  EngineApi,
  EngineEvent,
  EngineInfo,
  ModelInfo,
  Result,
  RunConfig,
  RunStatus,
  SavedRun,
  StepEvent,
  Watch,
} from '../src/protocol/index.ts';
import { measured } from '../src/worker/dataset.ts';
import { resultOf } from '../src/worker/errors.ts';
import { Opening } from '../src/worker/opening.ts';
import { scriptedMaps, scriptedRows, scriptedWatch } from './scripted-attention.ts';
import { scriptedBenchmark, stopScriptedBenchmark } from './scripted-benchmark.ts';
import { costOf, curve, floorOf, stepEvent } from './scripted-figures.ts';
import { scriptedTuning } from './scripted-tuning.ts';

export interface Script {
  readonly info?: Partial<EngineInfo>;
  /** Steps in one event, and how often events come. */
  readonly stepsPerEvent?: number;
  readonly everyMs?: number;
  /** Runs wait before their first step until the test lets them go: see `letGo`. */
  readonly held?: boolean;
  /** At this step the run takes this status; training goes on from `training` only. */
  readonly turns?: readonly { readonly step: number; readonly status: RunStatus }[];
  readonly runs?: readonly SavedRun[];
  readonly bytesPerChunk?: number;
  /** Between chunks. */
  readonly chunkMs?: number;
  /** Stop sending heartbeats and answering after this many milliseconds. */
  readonly fallSilentAfterMs?: number;
}

/** Set by the test that bundles this file. */
declare const SCRIPT: Script;

const info: EngineInfo = {
  engine: 'webgpu',
  software: false,
  vendor: 'nvidia',
  architecture: 'hopper',
  description: '',
  features: ['subgroups', 'timestamp-query'],
  ladder: ['f32 arithmetic', 'subgroups of 32'],
  maxBufferBytes: 4 * 2 ** 30,
  ...SCRIPT.info,
};

let events: MessagePort | null = null;
let run: RunConfig | null = null;
let status: RunStatus = { state: 'idle' };
let step = 0;
let runs = SCRIPT.runs ?? [];
let stopWriting = false;
let silent = false;
let held = SCRIPT.held ?? false;
Object.assign(globalThis, {
  letGo: () => {
    held = false;
  },
});
let watching: Watch | null = null;

const ok = <T>(value: T): Result<T> => ({ ok: true, value });
const done: Result<void> = { ok: true, value: undefined };

function send(event: EngineEvent): void {
  if (!silent) events?.postMessage(event);
}

const opening = new Opening(send);

function enter(next: RunStatus): void {
  status = next;
  send({ type: 'status', status });
}

function modelInfo(config: RunConfig): ModelInfo {
  const { parameters } = costOf(config);
  const { name, medium, model } = config;
  return {
    config: model,
    medium,
    parameters,
    name,
    step,
    heldOutBitsPerByte: curve(step, floorOf(config) + 0.07),
  };
}

/** As if the model were sure of what is like the byte before. */
const surpriseOf = (bytes: Uint8Array) =>
  Float32Array.from(bytes, (byte, at) => Math.min(9, Math.abs(byte - (bytes[at - 1] ?? 0)) / 12));

/** What the page itself makes, of the run's medium, in the place of what a model would. */
function made(length: number, from: number, seed: number): Uint8Array {
  const medium = run?.medium ?? TEXT;
  if (medium.kind === 'text') return new TextEncoder().encode(builtinText(length, seed));
  if (medium.kind === 'audio')
    return builtinAudio(Math.ceil(length / medium.rateHz), medium.rateHz, seed).slice(0, length);
  return builtinImages(1, medium.width, medium.channels, seed).slice(from, from + length);
}

function tick(): void {
  if (!run || status.state !== 'training' || held) return;
  const steps: StepEvent[] = [];
  for (let i = 0; i < (SCRIPT.stepsPerEvent ?? 10) && step < run.training.steps; i++) {
    steps.push(stepEvent(step, run));
    step++;
  }
  send({ type: 'steps', steps });
  const passed = (every: number) =>
    every > 0 && Math.floor(step / every) > Math.floor((step - steps.length) / every);
  const { evaluateEvery, sampleEvery } = run.training;
  if (passed(evaluateEvery)) {
    send({ type: 'evaluation', evaluation: { step, bitsPerByte: curve(step, floorOf(run) + 0.07) } });
    send({ type: 'model', model: modelInfo(run) });
  }
  if (passed(sampleEvery)) {
    const { medium } = run;
    const samples = medium.kind === 'image' ? 4 : 1;
    const length = medium.kind === 'image' ? itemBytes(medium) : 400;
    const drawn = Array.from({ length: samples }, (_, sample) => made(length, 0, step + sample));
    send({ type: 'sample', step, samples: drawn });
  }
  const turn = SCRIPT.turns?.find((each) => each.step <= step && each.step > step - steps.length);
  if (turn) enter(turn.status);
  else if (step >= run.training.steps) {
    send({ type: 'model', model: modelInfo(run) });
    enter({ state: 'finished' });
  }
}

const api: EngineApi = {
  connect(port) {
    events = port;
    setInterval(() => send({ type: 'heartbeat' }), 1000);
    setInterval(tick, SCRIPT.everyMs ?? 50);
    if (SCRIPT.fallSilentAfterMs !== undefined) {
      setTimeout(() => {
        silent = true;
      }, SCRIPT.fallSilentAfterMs);
    }
  },
  start: async () => ok(info),
  openData: (files, options) =>
    resultOf(async () => (await measured(await opening.files(files, options))).info),
  openBuiltin: (kind, options) =>
    resultOf(async () => (await measured(await opening.builtin(kind, options))).info),
  async stopOpening() {
    opening.stop();
    return done;
  },
  async soundDecoded(id, sound) {
    opening.decoded(id, sound);
    return done;
  },
  readItem: (file, medium) => resultOf(() => opening.item(file, medium)),
  preflight: async (config) => ok(costOf(config)),
  async startRun(config) {
    run = config;
    step = 0;
    enter({ state: 'training' });
    send({ type: 'model', model: modelInfo(config) });
    return done;
  },
  async pauseRun() {
    enter({ state: 'paused' });
    return done;
  },
  async resumeRun() {
    enter({ state: 'training' });
    return done;
  },
  async stopRun() {
    enter({ state: 'idle' });
    return done;
  },
  async generate(id, request) {
    stopWriting = false;
    const { samples, length, prompt, seed } = request;
    const drawn = Array.from({ length: samples }, (_, sample) => made(length, prompt.length, seed + sample));
    const size = SCRIPT.bytesPerChunk ?? 4;
    for (let at = 0; at < length && !stopWriting; at += size) {
      for (const [sample, bytes] of drawn.entries()) {
        const chunk = { id, sample, bytes: bytes.slice(at, at + size), bytesPerSecond: 1240 };
        send({ type: 'generated', ...chunk, done: at + size >= length && sample === samples - 1 });
      }
      const query = prompt.length + Math.min(at + size, length) - 1;
      if (run && watching) {
        const first = Math.max(0, query + 1 - run.model.contextLength);
        send({ type: 'attention', id, row: scriptedWatch(run.model, watching, query - first), first });
      }
      await new Promise((resolve) => setTimeout(resolve, SCRIPT.chunkMs ?? 8));
    }
    const nothing = { id, sample: 0, bytes: new Uint8Array(), bytesPerSecond: 1240 };
    if (stopWriting) send({ type: 'generated', ...nothing, done: true });
    return done;
  },
  // As if the model were sure of what is like the byte before.
  stopSurprise: async () => done,
  async stopGenerating() {
    stopWriting = true;
    return done;
  },
  async surprise(bytes) {
    return ok(surpriseOf(bytes));
  },
  async watchAttention(watch) {
    watching = watch;
    return done;
  },
  async inspect(input, cells) {
    if (!run) return { ok: false, error: { code: 'not-found', message: 'There is no model yet.' } };
    const { contextLength } = run.model;
    const tokens =
      input.kind === 'bytes' ? input.bytes : made(contextLength, 0, 'window' in input ? input.window : 0);
    const layers = Array.from({ length: run.model.nLayer }, (_, layer) => layer);
    const maps = await scriptedMaps(run.model, { windows: [tokens], layers, cells });
    const windows = input.kind === 'average' ? input.windows : 1;
    return ok({ tokens, bits: surpriseOf(tokens), maps, windows, heldOutWindows: 40, step });
  },
  async attentionMap({ input, layer, ...part }) {
    if (!run) return { ok: false, error: { code: 'not-found', message: 'There is no model yet.' } };
    const tokens = input.kind === 'bytes' ? input.bytes : new Uint8Array(run.model.contextLength);
    return ok(await scriptedMaps(run.model, { windows: [tokens], layers: [layer], ...part }));
  },
  async attentionRows({ input: _, ...wanted }) {
    return run
      ? ok(scriptedRows(run.model, { tokens: new Uint8Array(run.model.contextLength), ...wanted }))
      : { ok: false, error: { code: 'not-found', message: 'There is no model yet.' } };
  },
  stopInspecting: async () => done,
  exportWeights: async () => ok(new Blob(['weights'])),
  importWeights: (file) =>
    resultOf(async () => {
      const weights = decodeWeights(new Uint8Array(await file.arrayBuffer()));
      const { name, medium, config: model } = weights;
      run = { name, medium, model, training: presets.tiny.training };
      step = weights.step;
      const info = modelInfo(run);
      send({ type: 'model', model: info });
      return info;
    }),
  listRuns: async () => ok(runs),
  openRun: async () => ({ ok: false, error: { code: 'not-found', message: 'This run is gone.' } }),
  async deleteRun(id) {
    runs = runs.filter((each) => each.id !== id);
    send({ type: 'saved', runs });
    return done;
  },
  ...scriptedTuning(SCRIPT.everyMs ?? 50, send),
  async benchmark(id, request) {
    await scriptedBenchmark(id, request, SCRIPT.everyMs ?? 50, send);
    return done;
  },
  async stopBenchmark() {
    stopScriptedBenchmark();
    return done;
  },
};

Comlink.expose(api);
