// Commands against an engine that answers as it is told, for tests: what they ask, and what they leave in the store.

import type { Client, startEngine } from '../client/client.ts';
import { TEXT } from '../data/medium.ts';
import type { DatasetInfo, Result, WireError } from '../protocol/index.ts';
import { begin } from './commands.ts';
import { initialState, useWeft } from './store.ts';

export const dataset = (name: string): DatasetInfo => ({
  id: name,
  name,
  medium: TEXT,
  items: 1,
  skipped: [],
  skippedCount: 0,
  sizeBytes: 100,
  trainBytes: 90,
  validationBytes: 5,
  testBytes: 5,
  gzipBitsPerByte: 3,
  entropyBitsPerByte: 4.5,
  preview: new Uint8Array(),
});
export const cost = {
  parameters: 1,
  memoryBytes: 1,
  tokensPerStep: 1,
  flopsPerStep: 1,
  attentionSaving: 2,
  problems: [],
};
export const refused: WireError = { code: 'bad-file', message: 'This file is empty.' };

export const file = new File(['text'], 'letters.txt');
export const state = useWeft.getState;

export interface World {
  /** What the engine was asked, in turn. */
  asked: [method: string, ...parameters: unknown[]][];
  /** What it answers to a method, if not as usual. */
  answers: Record<string, Result<unknown>>;
  /** What it tells the page. */
  handlers: Parameters<typeof startEngine>[0];
  readonly methods: () => string[];
}

const storage = { getItem: () => null, setItem: () => {} } as unknown as Storage;

/** A new page: an empty store, and an engine that was asked nothing yet. */
export function setUp(): World {
  useWeft.setState(initialState, true);
  const world: Omit<World, 'handlers'> = {
    asked: [],
    answers: {},
    methods: () => world.asked.map(([method]) => method),
  };
  let given: World['handlers'] | undefined;
  const start = (handlers: World['handlers']): Client => {
    given = handlers;
    const call = (method: string, ...parameters: unknown[]) => {
      world.asked.push([method, ...parameters]);
      const fallback: Record<string, unknown> = {
        openData: dataset((parameters[0] as File[] | undefined)?.[0]?.name ?? ''),
        openBuiltin: dataset('letters'),
        surprise: new Float32Array(4),
        preflight: cost,
        listRuns: [],
      };
      return Promise.resolve(world.answers[method] ?? { ok: true, value: fallback[method] });
    };
    return { call: call as Client['call'], restart: () => {}, dispose: () => {} };
  };
  begin(start, storage);
  if (!given) throw new Error('the engine was not started');
  return Object.assign(world, { handlers: given });
}
