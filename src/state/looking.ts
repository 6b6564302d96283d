// Commands that look inside the model: all heads on an input, a part closer, single rows; and what is watched while it
// writes.

import type { Medium } from '../data/medium.ts';
import type {
  AttentionMaps,
  AttentionRow,
  InspectInput,
  MapRequest,
  Result,
  RowsRequest,
} from '../protocol/index.ts';
import { engine } from './asking.ts';
import { beginLooking, inspected, stopLooking } from './inspect.ts';
import { modelNow } from './library.ts';
import { useWeft } from './store.ts';
import { type WatchingSlice, watchOf } from './watching.ts';

/** Cells along a side of the small pictures. */
export const THUMBNAIL_CELLS = 64;

const set = useWeft.setState;
const get = useWeft.getState;

/** Looks at all heads on an input; a newer input takes the place of one that is being looked at. */
export async function inspect(input: InspectInput): Promise<void> {
  const { library, run } = get();
  const model = modelNow(library, run);
  if (!model) return;
  set(({ inspect }) => ({ inspect: beginLooking(inspect, input) }));
  const answer = await engine().call('inspect', input, THUMBNAIL_CELLS);
  set(({ inspect }) => {
    // Another input may have taken its place, or the model may be gone.
    if (inspect.state !== 'looking' || inspect.input !== input) return {};
    const still = inspected(inspect);
    if (answer.ok) return { inspect: { state: 'seen', seen: { input, model, inspection: answer.value } } };
    if (answer.error.code !== 'cancelled')
      return { inspect: { state: 'failed', error: answer.error, still } };
    return { inspect: still ? { state: 'seen', seen: still } : { state: 'empty' } };
  });
}

export async function stopInspecting(): Promise<void> {
  set(({ inspect }) => ({ inspect: stopLooking(inspect) }));
  await engine().call('stopInspecting');
}

/** A file's bytes as a model of this medium reads them. */
export function readItem(file: File, medium: Medium): Promise<Result<Uint8Array>> {
  return engine().call('readItem', file, medium);
}

export function closerMap(request: MapRequest): Promise<Result<AttentionMaps>> {
  return engine().call('attentionMap', request);
}

export function rowsOf(request: RowsRequest): Promise<Result<readonly AttentionRow[]>> {
  return engine().call('attentionRows', request);
}

/** Switches watching on or off, or turns to another layer or head. */
export async function watch(change: Partial<Pick<WatchingSlice, 'on' | 'layer' | 'head'>>): Promise<void> {
  set(({ watching }) => {
    const next = { ...watching, ...change };
    return { watching: next.on ? next : { ...next, seen: null } };
  });
  await engine().call('watchAttention', watchOf(get().watching));
}
