// The page's way to the engine.

import { type Client, type ClientOptions, createClient } from './client.ts';

export type { Client, Lifecycle } from './client.ts';

/** A client on the engine's real worker. */
export function startEngine(options: Omit<ClientOptions, 'spawn'>): Client {
  return createClient({
    ...options,
    spawn: () =>
      new Worker(new URL('../worker/engine.worker.ts', import.meta.url), {
        type: 'module',
        name: 'weft-engine',
      }),
  });
}
