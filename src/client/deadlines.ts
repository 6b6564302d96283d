// How long each call may take before the page stops waiting. A deadline does not end the worker: whether that
// is alive, its heartbeats tell. `null` marks calls that last as long as their work does.

import type { EngineApi } from '../protocol/index.ts';

/** The calls that the client passes on; connecting it does itself. */
export type Method = Exclude<keyof EngineApi, 'connect'>;

const second = 1000;

export const deadlineMs: Readonly<Record<Method, number | null>> = {
  start: 60 * second,
  openData: null,
  openBuiltin: 60 * second,
  stopOpening: 30 * second,
  soundDecoded: 30 * second,
  readItem: 120 * second,
  preflight: 10 * second,
  startRun: 180 * second,
  pauseRun: 60 * second,
  resumeRun: 180 * second,
  stopRun: 60 * second,
  generate: null,
  stopGenerating: 30 * second,
  watchAttention: 30 * second,
  inspect: null,
  attentionMap: null,
  attentionRows: null,
  stopInspecting: 30 * second,
  surprise: null,
  stopSurprise: 30 * second,
  exportWeights: 180 * second,
  importWeights: 180 * second,
  listRuns: 30 * second,
  openRun: 180 * second,
  deleteRun: 30 * second,
  benchmark: null,
  stopBenchmark: 30 * second,
  tune: null,
  stopTuning: 30 * second,
  useTuning: 60 * second,
  forgetTuning: 60 * second,
};
