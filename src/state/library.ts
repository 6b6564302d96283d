// The model at hand, and the runs that the browser keeps.

import type { EngineEvent, ModelInfo, SavedRun } from '../protocol/index.ts';
import type { ReadyMade } from './ready-made.ts';
import { heldOut, isActive, type RunSlice, stepsDone } from './run.ts';

export interface LibrarySlice {
  /** Trained, opened or imported; what Generate writes with. */
  readonly model: ModelInfo | null;
  readonly runs: readonly SavedRun[];
  /** Whether the browser's runs were asked for: until then there seem to be none. */
  readonly listed: boolean;
  /** A model that comes with the page, on its way here. */
  readonly arriving: { readonly model: ReadyMade; readonly receivedBytes: number } | null;
  /** Whether a newcomer was shown a model at work. */
  readonly greeted: boolean;
}

/** The model at hand as it is now: the engine tells of it when a run pauses, and meanwhile its run does. */
export function modelNow({ model }: LibrarySlice, { record, status }: RunSlice): ModelInfo | null {
  if (!model || !record || !isActive(status)) return model;
  const heldOutBitsPerByte = heldOut(record);
  return { ...model, step: stepsDone(record), ...(heldOutBitsPerByte !== null && { heldOutBitsPerByte }) };
}

export const initialLibrary: LibrarySlice = {
  model: null,
  runs: [],
  listed: false,
  arriving: null,
  greeted: false,
};

export function libraryOnEvent(slice: LibrarySlice, event: EngineEvent): LibrarySlice {
  if (event.type === 'model') return { ...slice, model: event.model };
  return event.type === 'saved' ? { ...slice, runs: event.runs } : slice;
}
