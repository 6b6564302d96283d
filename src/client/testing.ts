// A stand-in for the worker in tests: an engine served by Comlink over a real pair of message ports, which can be
// told to crash, to fall silent or to answer late.

import * as Comlink from 'comlink';
import type { EngineApi, EngineEvent, EngineInfo } from '../protocol/index.ts';
import type { WorkerPort } from './connection.ts';

export const fakeInfo: EngineInfo = {
  engine: 'reference',
  software: true,
  vendor: '',
  architecture: '',
  description: '',
  features: [],
  ladder: [],
  maxBufferBytes: 0,
};

export class FakeWorker extends EventTarget implements WorkerPort {
  readonly #page: MessagePort;
  readonly #engine: MessagePort;
  #events: MessagePort | null = null;
  terminated = false;

  constructor(api: Partial<EngineApi> = {}) {
    super();
    const { port1, port2 } = new MessageChannel();
    this.#page = port1;
    this.#engine = port2;
    const served: Partial<EngineApi> = {
      start: async () => ({ ok: true, value: fakeInfo }),
      ...api,
      connect: (events) => {
        this.#events = events;
        events.start();
      },
    };
    Comlink.expose(served, port2);
    port1.start();
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    if (!this.terminated) this.#page.postMessage(message, transfer as MessagePort[]);
  }

  override addEventListener(type: string, listener: EventListenerOrEventListenerObject): void {
    if (type === 'message') this.#page.addEventListener('message', listener as EventListener);
    else super.addEventListener(type, listener);
  }

  override removeEventListener(type: string, listener: EventListenerOrEventListenerObject): void {
    if (type === 'message') this.#page.removeEventListener('message', listener as EventListener);
    else super.removeEventListener(type, listener);
  }

  terminate(): void {
    this.terminated = true;
    this.#page.close();
    this.#engine.close();
    this.#events?.close();
  }

  send(event: EngineEvent): void {
    this.#events?.postMessage(event);
  }

  crash(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }
}

/** Lets messages that are on their way between ports arrive; timers may be fake meanwhile. */
export async function settlePorts(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}
