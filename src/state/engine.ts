// The engine as the page sees it: starting, ready with its abilities, or lost.

import type { Lifecycle } from '../client/client.ts';
import type { EngineEvent } from '../protocol/index.ts';

export type EngineSlice = Lifecycle;

export const initialEngine: EngineSlice = { state: 'starting' };

export function engineOnEvent(slice: EngineSlice, event: EngineEvent): EngineSlice {
  // After a lost device the engine probes again and may have become another one.
  return event.type === 'engine' && slice.state !== 'lost' ? { state: 'ready', info: event.info } : slice;
}
