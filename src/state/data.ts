// The file to learn from: none, being read, open in the engine, or refused with the reason. While another one is
// read or was refused, the one before is still open.

import type { DatasetInfo, WireError } from '../protocol/index.ts';

export type DataSlice =
  | { readonly state: 'none' }
  | { readonly state: 'reading'; readonly name: string; readonly still: DatasetInfo | null }
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
