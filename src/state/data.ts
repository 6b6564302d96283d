// The data to learn from: none, being read, open in the engine, or refused with the reason. While another is read or
// was refused, the one before is still open.

import type { DatasetInfo, EngineEvent, WireError } from '../protocol/index.ts';

export type DataSlice =
  | { readonly state: 'none' }
  | {
      readonly state: 'reading';
      readonly name: string;
      /** Read so far, from 0 to 1. */
      readonly share: number;
      readonly still: DatasetInfo | null;
    }
  | { readonly state: 'open'; readonly info: DatasetInfo }
  | {
      readonly state: 'refused';
      readonly name: string;
      readonly error: WireError;
      readonly still: DatasetInfo | null;
    };

export const initialData: DataSlice = { state: 'none' };

/** The data set that a run would use now. */
export function openDataset(slice: DataSlice): DatasetInfo | null {
  if (slice.state === 'open') return slice.info;
  return slice.state === 'none' ? null : slice.still;
}

/** What came of reading: a file that was only given up leaves what was open before. */
export function notRead(still: DatasetInfo | null, name: string, error: WireError): DataSlice {
  if (error.code !== 'cancelled') return { state: 'refused', name, error, still };
  return still ? { state: 'open', info: still } : initialData;
}

export function dataOnEvent(slice: DataSlice, event: EngineEvent): DataSlice {
  return event.type === 'opening' && slice.state === 'reading' ? { ...slice, share: event.share } : slice;
}
