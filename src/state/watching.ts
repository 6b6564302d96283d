// What is watched while the model writes: whose attention, and what was seen of it last.

import type { AttentionRow, EngineEvent, HeadChoice, ModelInfo, Watch } from '../protocol/index.ts';

export interface WatchingSlice {
  /** Off, nothing is computed for it. */
  readonly on: boolean;
  readonly layer: number;
  readonly head: HeadChoice;
  readonly seen: Seen | null;
}

/** The attention with which one byte was made. */
export interface Seen {
  /** Of the writing that it belongs to. */
  readonly id: number;
  readonly row: AttentionRow;
  /** Which byte of the whole text stands at the row's position 0. */
  readonly first: number;
}

export const initialWatching: WatchingSlice = { on: false, layer: 0, head: 'mean', seen: null };

/** What the engine is to watch. */
export function watchOf({ on, layer, head }: WatchingSlice): Watch | null {
  return on ? { layer, head } : null;
}

/** A choice that the model has: another one may have fewer layers and heads. */
export function fitting(slice: WatchingSlice, model: Pick<ModelInfo, 'config'>): WatchingSlice {
  const { nLayer, nHead } = model.config;
  const layer = Math.min(slice.layer, nLayer - 1);
  const head = slice.head === 'mean' ? 'mean' : Math.min(slice.head, nHead - 1);
  return layer === slice.layer && head === slice.head ? slice : { ...slice, layer, head };
}

export function watchingOnEvent(slice: WatchingSlice, event: EngineEvent): WatchingSlice {
  if (event.type === 'model') return fitting(slice, event.model);
  if (event.type !== 'attention' || !slice.on) return slice;
  const { id, row, first } = event;
  return { ...slice, seen: { id, row, first } };
}
