// The measurement of the GPU as the page sees it: what is measured, how far it is, and its rows.

import type {
  BenchmarkAbout,
  BenchmarkRequest,
  BenchmarkUpdate,
  EngineEvent,
  SurveyRow,
  WireError,
} from '../protocol/index.ts';

/** What a measurement has brought so far. */
export interface Measurement {
  readonly id: number;
  readonly request: BenchmarkRequest;
  /** When it began. */
  readonly startedAtMs: number;
  /** Null until the device is open. */
  readonly about: BenchmarkAbout | null;
  readonly progress: { readonly done: number; readonly total: number; readonly words: string } | null;
  readonly rows: readonly SurveyRow[];
}

export type BenchmarkSlice =
  | { readonly state: 'empty' }
  | { readonly state: 'measuring'; readonly measurement: Measurement }
  | { readonly state: 'done'; readonly measurement: Measurement; readonly stopped: boolean }
  | { readonly state: 'failed'; readonly measurement: Measurement; readonly error: WireError };

export const initialBenchmark: BenchmarkSlice = { state: 'empty' };

export function beginBenchmark(id: number, request: BenchmarkRequest, startedAtMs: number): BenchmarkSlice {
  return {
    state: 'measuring',
    measurement: { id, request, startedAtMs, about: null, progress: null, rows: [] },
  };
}

export function benchmarkOnEvent(slice: BenchmarkSlice, event: EngineEvent): BenchmarkSlice {
  if (event.type !== 'benchmark' || slice.state !== 'measuring' || event.id !== slice.measurement.id) {
    return slice;
  }
  const { update } = event;
  return update.what === 'ended'
    ? { state: 'done', measurement: slice.measurement, stopped: update.stopped }
    : { state: 'measuring', measurement: updated(slice.measurement, update) };
}

function updated(measurement: Measurement, update: Exclude<BenchmarkUpdate, { what: 'ended' }>): Measurement {
  switch (update.what) {
    case 'about':
      return { ...measurement, about: update.about };
    case 'progress': {
      const { done, total, words } = update;
      return { ...measurement, progress: { done, total, words } };
    }
    case 'row':
      return { ...measurement, rows: [...measurement.rows, update.row] };
  }
}

/** The call failed: the rows until then stay. When it went well, the last event ends the measurement. */
export function failBenchmark(slice: BenchmarkSlice, id: number, error: WireError): BenchmarkSlice {
  if (slice.state !== 'measuring' || slice.measurement.id !== id) return slice;
  return { state: 'failed', measurement: slice.measurement, error };
}
