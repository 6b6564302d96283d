// What was seen inside the model: nothing yet, being looked at, seen, or refused with the reason. While another input is
// looked at, what was seen before stays.

import type { EngineEvent, InspectInput, Inspection, ModelInfo, WireError } from '../protocol/index.ts';

/** What was seen, on which input, of which model. */
export interface Inspected {
  readonly input: InspectInput;
  readonly model: ModelInfo;
  readonly inspection: Inspection;
}

export type InspectSlice =
  | { readonly state: 'empty' }
  | {
      readonly state: 'looking';
      readonly input: InspectInput;
      /** From 0 to 1. */
      readonly share: number;
      readonly still: Inspected | null;
    }
  | { readonly state: 'seen'; readonly seen: Inspected }
  | { readonly state: 'failed'; readonly error: WireError; readonly still: Inspected | null };

export const initialInspect: InspectSlice = { state: 'empty' };

/** What can be shown now. */
export function inspected(slice: InspectSlice): Inspected | null {
  if (slice.state === 'seen') return slice.seen;
  return slice.state === 'empty' ? null : slice.still;
}

export function beginLooking(slice: InspectSlice, input: InspectInput): InspectSlice {
  return { state: 'looking', input, share: 0, still: inspected(slice) };
}

/** The person has seen enough: `empty` would be looked at again at once. */
export function stopLooking(slice: InspectSlice): InspectSlice {
  if (slice.state !== 'looking') return slice;
  if (slice.still) return { state: 'seen', seen: slice.still };
  return {
    state: 'failed',
    error: { code: 'cancelled', message: 'Looking inside was stopped.' },
    still: null,
  };
}

export function inspectOnEvent(slice: InspectSlice, event: EngineEvent): InspectSlice {
  if (event.type === 'inspecting') {
    return slice.state === 'looking' ? { ...slice, share: event.share } : slice;
  }
  if (event.type !== 'model') return slice;
  const before = inspected(slice)?.model;
  return before && !sameModel(before, event.model) ? initialInspect : slice;
}

/** A model that trains on is the same one, though its weights have moved. */
export function sameModel(a: ModelInfo, b: ModelInfo): boolean {
  return a.name === b.name && JSON.stringify(a.config) === JSON.stringify(b.config);
}

/** The engine is gone, and the model with it; what was seen stays to be looked at. */
export function inspectOnLoss(slice: InspectSlice, error: WireError): InspectSlice {
  return slice.state === 'looking' ? { state: 'failed', error, still: slice.still } : slice;
}
