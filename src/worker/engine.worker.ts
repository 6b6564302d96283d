// The worker's entry: the host behind Comlink for commands, and a port for events with a heartbeat, by which the
// page knows that this thread lives.

import * as Comlink from 'comlink';
import { claimWriting, openOpfs } from '../checkpoint/opfs.ts';
import { openSurvey } from '../measure/survey.ts';
import { openTuner } from '../measure/tuner.ts';
import type { EngineApi, EngineEvent } from '../protocol/index.ts';
import { openEngines } from './engines.ts';
import { toWireError } from './errors.ts';
import { EngineHost } from './host.ts';
import { Outbox } from './outbox.ts';

const HEARTBEAT_MS = 1000;

let port: MessagePort | undefined;
const outbox = new Outbox((event, transfer) => port?.postMessage(event, transfer));
const emit = (event: EngineEvent) => outbox.emit(event);
const host = new EngineHost({
  openEngines,
  openSurvey: (request) => openSurvey(navigator.gpu, request),
  openTuner: () => openTuner(navigator.gpu),
  storage: { open: openOpfs, claimWriting },
  emit,
});

const api: EngineApi = {
  connect(events) {
    port = events;
    setInterval(() => emit({ type: 'heartbeat' }), HEARTBEAT_MS);
  },
  start: () => host.start(),
  openData: (files, options) => host.openData(files, options),
  openBuiltin: (kind, options) => host.openBuiltin(kind, options),
  stopOpening: () => host.stopOpening(),
  soundDecoded: (id, sound) => host.soundDecoded(id, sound),
  readItem: (file, medium) => host.readItem(file, medium),
  preflight: (run) => host.preflight(run),
  startRun: (run, fineTune) => host.startRun(run, fineTune),
  pauseRun: () => host.pauseRun(),
  resumeRun: () => host.resumeRun(),
  stopRun: () => host.stopRun(),
  generate: (id, request) => host.writer.generate(id, request),
  stopGenerating: () => host.writer.stopGenerating(),
  watchAttention: (watch) => host.inspector.watchAttention(watch),
  inspect: (input, cells) => host.inspector.inspect(input, cells),
  attentionMap: (request) => host.inspector.attentionMap(request),
  attentionRows: (request) => host.inspector.attentionRows(request),
  stopInspecting: () => host.inspector.stopInspecting(),
  surprise: (bytes) => host.writer.surprise(bytes),
  stopSurprise: () => host.writer.stopSurprise(),
  exportWeights: () => host.exportWeights(),
  importWeights: (file) => host.importWeights(file),
  listRuns: () => host.listRuns(),
  openRun: (id) => host.openRun(id),
  deleteRun: (id) => host.deleteRun(id),
  benchmark: (id, request) => host.measuring.benchmark(id, request),
  stopBenchmark: () => host.measuring.stopBenchmark(),
  tune: (id) => host.measuring.tune(id),
  stopTuning: () => host.measuring.stopTuning(),
  useTuning: (on) => host.measuring.useTuning(on),
  forgetTuning: () => host.measuring.forgetTuning(),
};

// A promise that nobody awaits would otherwise fail in silence.
self.addEventListener('unhandledrejection', (event) => {
  emit({ type: 'notice', level: 'error', message: toWireError(event.reason).message });
});

Comlink.expose(api);
