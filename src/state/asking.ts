// The engine that commands ask, and what becomes of an answer that is none.

import type { Client } from '../client/client.ts';
import type { Result, WireError } from '../protocol/index.ts';
import { withNotice } from './notices.ts';
import { useWeft } from './store.ts';

let client: Client | null = null;

export function connect(started: Client): void {
  client = started;
}

export function engine(): Client {
  if (!client) throw new Error('begin() comes first');
  return client;
}

export function tell(error: WireError): void {
  if (error.code === 'cancelled') return;
  useWeft.setState(({ notices }) => ({ notices: withNotice(notices, 'error', error.message) }));
}

/** Passes on a value, or tells the person why there is none. */
export function orTell<T>(result: Result<T>): T | null {
  if (result.ok) return result.value;
  tell(result.error);
  return null;
}
