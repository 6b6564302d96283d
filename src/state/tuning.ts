// The tuning of the kernels as the page sees it: what is kept of this GPU, and what is measured now.

import type { EngineEvent, Tuning, TuningStep, TuningUpdate, WireError } from '../protocol/index.ts';

type Progress = Pick<Extract<TuningUpdate, { what: 'progress' }>, 'done' | 'total' | 'words'>;

export type TuningWork =
  | { readonly state: 'idle' }
  | {
      readonly state: 'tuning';
      readonly id: number;
      readonly progress: Progress | null;
      readonly steps: readonly TuningStep[];
    }
  | { readonly state: 'stopped' }
  | { readonly state: 'failed'; readonly error: WireError };

export interface TuningSlice {
  readonly kept: Tuning | null;
  readonly work: TuningWork;
}

export const initialTuning: TuningSlice = { kept: null, work: { state: 'idle' } };

export function beginTuning(slice: TuningSlice, id: number): TuningSlice {
  return { ...slice, work: { state: 'tuning', id, progress: null, steps: [] } };
}

export function tuningOnEvent(slice: TuningSlice, event: EngineEvent): TuningSlice {
  if (event.type !== 'tuning') return slice;
  const { update } = event;
  if (update.what === 'kept') return { ...slice, kept: update.kept };
  const { work } = slice;
  if (work.state !== 'tuning' || work.id !== update.id) return slice;
  switch (update.what) {
    case 'progress': {
      const { done, total, words } = update;
      return { ...slice, work: { ...work, progress: { done, total, words } } };
    }
    case 'step':
      return { ...slice, work: { ...work, steps: [...work.steps, update.step] } };
    case 'ended':
      return { ...slice, work: { state: update.stopped ? 'stopped' : 'idle' } };
  }
}

/** The call failed: what was kept before stays. When it went well, the last event ends it. */
export function failTuning(slice: TuningSlice, error: WireError, id?: number): TuningSlice {
  const { work } = slice;
  if (work.state !== 'tuning' || (id !== undefined && work.id !== id)) return slice;
  return { ...slice, work: { state: 'failed', error } };
}
