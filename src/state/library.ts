// The model at hand, and the runs that the browser keeps.

import type { EngineEvent, ModelInfo, SavedRun } from '../protocol/index.ts';

export interface LibrarySlice {
  /** Trained, opened or imported; what Generate writes with. */
  readonly model: ModelInfo | null;
  readonly runs: readonly SavedRun[];
}

export const initialLibrary: LibrarySlice = { model: null, runs: [] };

export function libraryOnEvent(slice: LibrarySlice, event: EngineEvent): LibrarySlice {
  if (event.type === 'model') return { ...slice, model: event.model };
  return event.type === 'saved' ? { ...slice, runs: event.runs } : slice;
}
