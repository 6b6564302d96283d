// An engine that follows a script instead of computing: for the states that a real one reaches only by bad luck,
// and for pictures that must be the same each time. Tests put it in the worker's place; it is no part of the site.

import * as Comlink from 'comlink';
import { builtinText } from '../src/data/builtin-text.ts';
import { splitParts } from '../src/data/split.ts';
import { previewText, readText } from '../src/data/text.ts';
import { entropyBitsPerByte, gzipBitsPerByte } from '../src/data/yardsticks.ts';
import { attentionPairs, forwardFlops } from '../src/model/cost.ts';
import { parameterLayout } from '../src/model/parameters.ts';
import { configProblems } from '../src/model/validate.ts';
import { densePairs } from '../src/patterns/index.ts';
import type {
  EngineApi,
  EngineEvent,
  EngineInfo,
  ModelInfo,
  Preflight,
  Result,
  RunConfig,
  RunStatus,
  SavedRun,
  StepEvent,
} from '../src/protocol/index.ts';

import { scriptedBenchmark, stopScriptedBenchmark } from './scripted-benchmark.ts';

export interface Script {
  readonly info?: Partial<EngineInfo>;
  /** Steps in one event, and how often events come. */
  readonly stepsPerEvent?: number;
  readonly everyMs?: number;
  /** At this step the run takes this status; training goes on from `training` only. */
  readonly turns?: readonly { readonly step: number; readonly status: RunStatus }[];
  readonly runs?: readonly SavedRun[];
  readonly bytesPerChunk?: number;
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

const ok = <T>(value: T): Result<T> => ({ ok: true, value });
const done: Result<void> = { ok: true, value: undefined };

function send(event: EngineEvent): void {
  if (!silent) events?.postMessage(event);
}

function enter(next: RunStatus): void {
  status = next;
  send({ type: 'status', status });
}

const wobble = (seed: number) => Math.sin(seed * 12.9898) * 0.5 + Math.sin(seed * 78.233) * 0.5;
const curve = (at: number, floor: number) => floor + (8 - floor) * (1 + at / 18) ** -0.9;

function stepEvent(at: number, config: RunConfig): StepEvent {
  const { learningRate, warmupSteps, steps, microBatch } = config.training;
  const bitsPerByte = curve(at, 1.05) * (1 + 0.03 * wobble(at));
  const rising = Math.min(1, (at + 1) / Math.max(1, warmupSteps));
  return {
    step: at,
    loss: bitsPerByte * Math.LN2,
    bitsPerByte,
    learningRate: learningRate * rising * (0.55 + 0.45 * Math.cos((Math.PI * at) / steps)),
    gradNorm: 0.4 + 1.6 / (1 + at / 30) + 0.08 * wobble(at + 5),
    tokensPerSecond: 412_000 + 9000 * wobble(at / 7),
    seconds: (at * microBatch * config.model.contextLength) / 412_000,
  };
}

/** As the engine tells it, but for the memory, which the script makes up. */
function costOf({ model, training }: RunConfig): Preflight {
  const problems = configProblems(model);
  if (problems.length > 0) {
    return { parameters: 0, memoryBytes: 0, tokensPerStep: 0, flopsPerStep: 0, attentionSaving: 1, problems };
  }
  const { nLayer, nHead, contextLength } = model;
  const windows = training.microBatch * training.accumulation;
  const parameters = parameterLayout(model).count;
  return {
    parameters,
    memoryBytes: 16 * parameters + 80 * training.microBatch * contextLength * model.dModel,
    tokensPerStep: windows * contextLength,
    flopsPerStep: 3 * windows * forwardFlops(model),
    attentionSaving: (nLayer * nHead * densePairs(contextLength)) / attentionPairs(model),
    problems,
  };
}

function modelInfo(config: RunConfig): ModelInfo {
  const { parameters } = costOf(config);
  const { name, medium, model } = config;
  return { config: model, medium, parameters, name, step, heldOutBitsPerByte: curve(step, 1.12) };
}

function tick(): void {
  if (!run || status.state !== 'training') return;
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
    send({ type: 'evaluation', evaluation: { step, bitsPerByte: curve(step, 1.12) } });
    send({ type: 'model', model: modelInfo(run) });
  }
  if (passed(sampleEvery)) send({ type: 'sample', step, text: builtinText(400, step) });
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
  async openData(file) {
    try {
      const bytes = await readText(file);
      const { train, val, test } = splitParts(bytes);
      return ok({
        id: file.name,
        name: file.name,
        kind: 'text',
        sizeBytes: bytes.length,
        trainBytes: train.length,
        validationBytes: val.length,
        testBytes: test.length,
        gzipBitsPerByte: gzipBitsPerByte(val),
        entropyBitsPerByte: entropyBitsPerByte(bytes),
        preview: previewText(bytes),
      });
    } catch (error) {
      return { ok: false, error: { code: 'bad-file', message: (error as Error).message } };
    }
  },
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
    const bytes = new TextEncoder().encode(builtinText(request.length, request.seed));
    const size = SCRIPT.bytesPerChunk ?? 4;
    for (let at = 0; at < bytes.length && !stopWriting; at += size) {
      const last = at + size >= bytes.length;
      send({ type: 'generated', id, bytes: bytes.slice(at, at + size), bytesPerSecond: 1240, done: last });
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    if (stopWriting)
      send({ type: 'generated', id, bytes: new Uint8Array(0), bytesPerSecond: 1240, done: true });
    return done;
  },
  async stopGenerating() {
    stopWriting = true;
    return done;
  },
  exportWeights: async () => ok(new Blob(['weights'])),
  importWeights: async () => ({
    ok: false,
    error: { code: 'bad-file', message: 'This is no safetensors file.' },
  }),
  listRuns: async () => ok(runs),
  openRun: async () => ({ ok: false, error: { code: 'not-found', message: 'This run is gone.' } }),
  async deleteRun(id) {
    runs = runs.filter((each) => each.id !== id);
    send({ type: 'saved', runs });
    return done;
  },
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
