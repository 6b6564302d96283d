// Keeps an engine running: starts the worker, listens for its heartbeats, and when it crashes or falls silent,
// settles what was under way and starts another one, once. A second loss soon after the first is left to the
// person, so that a broken engine never turns into a loop of restarts.

import * as Comlink from 'comlink';
import type { EngineApi, EngineEvent, EngineInfo, WireError } from '../protocol/index.ts';
import { type Answer, type Connection, failure, openConnection, type WorkerPort } from './connection.ts';
import type { Method } from './deadlines.ts';
import { decodeSound } from './decode-sound.ts';

export type Lifecycle =
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly info: EngineInfo }
  /** `restarting` tells whether another worker is already on its way. */
  | { readonly state: 'lost'; readonly error: WireError; readonly restarting: boolean };

export interface ClientOptions {
  readonly spawn: () => WorkerPort;
  readonly onEvent: (event: EngineEvent) => void;
  readonly onLifecycle: (lifecycle: Lifecycle) => void;
}

export interface Client {
  call<M extends Exclude<Method, 'start'>>(
    method: M,
    ...parameters: Parameters<EngineApi[M]>
  ): Promise<Answer<M>>;
  /** Starts a fresh worker, ending the present one. */
  restart(): void;
  dispose(): void;
}

/** A worker that sends nothing for this long is taken for hung; it sends a heartbeat every second. */
export const SILENCE_MS = 10_000;
/** An engine that has lived this long has earned another automatic restart. */
export const TRUST_MS = 120_000;
const TICK_MS = 1000;

const silence: WireError = {
  code: 'worker-lost',
  message: 'The engine has not answered for ten seconds and was stopped.',
};
const replaced: WireError = { code: 'worker-lost', message: 'The engine was started again.' };
const absent: WireError = { code: 'worker-lost', message: 'The engine is not running. Start it again.' };

export function createClient({ spawn, onEvent, onLifecycle }: ClientOptions): Client {
  let connection: Connection | null = null;
  let lastHeardMs: number | null = null;
  let lastTickMs = performance.now();
  let lastRestartMs = Number.NEGATIVE_INFINITY;

  const lose = (lost: Connection, error: WireError) => {
    if (lost !== connection) return;
    connection = null;
    lost.end(error);
    const now = performance.now();
    const restarting = now - lastRestartMs > TRUST_MS;
    onLifecycle({ state: 'lost', error, restarting });
    if (restarting) {
      lastRestartMs = now;
      open();
    }
  };

  const open = () => {
    lastHeardMs = null;
    onLifecycle({ state: 'starting' });
    let mine: Connection;
    try {
      mine = openConnection(spawn(), {
        onEvent: (event) => {
          lastHeardMs = performance.now();
          if (event.type === 'sound') void decodeFor(mine, event.id, event.blob);
          else onEvent(event);
        },
        onCrash: (error) => lose(mine, error),
      });
    } catch (reason) {
      // A policy or an old browser may forbid the worker itself.
      const message = `The engine could not be started: ${reason instanceof Error ? reason.message : reason}`;
      onLifecycle({ state: 'lost', error: { code: 'worker-lost', message }, restarting: false });
      return;
    }
    connection = mine;
    void mine.call('start').then((answer) => {
      if (mine !== connection) return;
      if (!answer.ok) {
        lose(mine, answer.error);
        return;
      }
      lastHeardMs = performance.now();
      onLifecycle({ state: 'ready', info: answer.value });
    });
  };

  const watch = setInterval(() => {
    const now = performance.now();
    // After a sleep or in a throttled tab this timer itself comes late: the silence was then ours.
    if (now - lastTickMs > 3 * TICK_MS && lastHeardMs !== null) lastHeardMs = now;
    lastTickMs = now;
    if (connection && lastHeardMs !== null && now - lastHeardMs > SILENCE_MS) lose(connection, silence);
  }, TICK_MS);

  open();
  return {
    call: <M extends Method>(method: M, ...parameters: Parameters<EngineApi[M]>) =>
      connection ? connection.call(method, ...parameters) : Promise.resolve(failure(absent) as Answer<M>),
    restart() {
      connection?.end(replaced);
      open();
    },
    dispose() {
      clearInterval(watch);
      connection?.end(replaced);
      connection = null;
    },
  };
}

async function decodeFor(connection: Connection, id: number, blob: Blob): Promise<void> {
  const decoded = await decodeSound(blob);
  // Handed over, not copied: it can take hundreds of megabytes.
  const buffers = decoded.ok ? decoded.value.channels.map(({ buffer }) => buffer as ArrayBuffer) : [];
  await connection.call('soundDecoded', id, Comlink.transfer(decoded, buffers));
}

/** A client on the engine's real worker, src/worker/engine.worker.ts. */
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
