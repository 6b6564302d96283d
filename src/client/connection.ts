// One worker and the calls under way in it. Comlink leaves a call pending for ever when its worker dies or
// hangs, so every call here settles exactly once: with the worker's answer, at its deadline, or with the
// connection's end. Calls never reject; what went wrong is a plain record in the Result.

import * as Comlink from 'comlink';
import type { EngineApi, EngineEvent, Result, WireError } from '../protocol/index.ts';
import { deadlineMs, type Method } from './deadlines.ts';

/** What the client needs of a Worker; tests hand in a pair of ports. */
export interface WorkerPort extends Comlink.Endpoint {
  terminate(): void;
}

export type Answer<M extends Method> = Awaited<ReturnType<EngineApi[M]>>;

export interface Connection {
  call<M extends Method>(method: M, ...parameters: Parameters<EngineApi[M]>): Promise<Answer<M>>;
  /** Terminates the worker and settles every open call with `error`. */
  end(error: WireError): void;
}

interface ConnectionHandlers {
  readonly onEvent: (event: EngineEvent) => void;
  /** The worker reported an error of its own: what it holds can no longer be trusted. */
  readonly onCrash: (error: WireError) => void;
}

export const failure = (error: WireError): Result<never> => ({ ok: false, error });

const lateAnswer: WireError = {
  code: 'timeout',
  message: 'The engine did not answer in time. It may be busy: wait a moment and try again.',
};

/** A thrown value in words; what Comlink throws is often not an Error. */
function words(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

export function openConnection(worker: WorkerPort, handlers: ConnectionHandlers): Connection {
  const remote = Comlink.wrap<EngineApi>(worker);
  const { port1: events, port2: theirEnd } = new MessageChannel();
  const open = new Set<(error: WireError) => void>();
  let ended: WireError | null = null;

  events.addEventListener('message', ({ data }: MessageEvent<EngineEvent>) => {
    if (!ended && typeof data?.type === 'string') handlers.onEvent(data);
  });
  events.start();
  worker.addEventListener('error', (event) => {
    const detail = (event as ErrorEvent).message;
    handlers.onCrash({
      code: 'worker-lost',
      message: `The engine stopped because of an error${detail ? ` (${detail})` : ''}.`,
    });
  });
  worker.addEventListener('messageerror', () => {
    handlers.onCrash({ code: 'worker-lost', message: 'A message from the engine could not be read.' });
  });

  const connection: Connection = {
    call: <M extends Method>(method: M, ...parameters: Parameters<EngineApi[M]>) =>
      new Promise<Answer<M>>((resolve) => {
        if (ended) {
          resolve(failure(ended) as Answer<M>);
          return;
        }
        const limit = deadlineMs[method];
        const timer =
          limit === null ? undefined : setTimeout(() => settle(failure(lateAnswer) as Answer<M>), limit);
        const settle = (answer: Answer<M>) => {
          clearTimeout(timer);
          open.delete(abandon);
          resolve(answer);
        };
        const abandon = (error: WireError) => settle(failure(error) as Answer<M>);
        open.add(abandon);
        const send = remote[method] as unknown as (...all: typeof parameters) => Promise<Answer<M>>;
        send(...parameters).then(settle, (reason) => {
          abandon({ code: 'internal', message: `The engine failed: ${words(reason)}` });
        });
      }),
    end(error) {
      if (ended) return;
      ended = error;
      worker.terminate();
      events.close();
      for (const abandon of [...open]) abandon(error);
    },
  };
  remote.connect(Comlink.transfer(theirEnd, [theirEnd])).catch((reason) => {
    handlers.onCrash({ code: 'worker-lost', message: `The engine could not be reached: ${words(reason)}` });
  });
  return connection;
}
