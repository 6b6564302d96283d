// What the person should know and can wave away: news from the engine, and failures that have no better place.

import type { EngineEvent } from '../protocol/index.ts';

interface Notice {
  readonly id: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}

export type NoticesSlice = readonly Notice[];

export const initialNotices: NoticesSlice = [];
export const MAX_NOTICES = 3;

/** The newest notices; the same words again only move to the end. */
export function withNotice(slice: NoticesSlice, level: Notice['level'], message: string): NoticesSlice {
  const id = (slice.at(-1)?.id ?? 0) + 1;
  return [...slice.filter((old) => old.message !== message), { id, level, message }].slice(-MAX_NOTICES);
}

export function withoutNotice(slice: NoticesSlice, id: number): NoticesSlice {
  return slice.filter((notice) => notice.id !== id);
}

export function noticesOnEvent(slice: NoticesSlice, event: EngineEvent): NoticesSlice {
  return event.type === 'notice' ? withNotice(slice, event.level, event.message) : slice;
}
