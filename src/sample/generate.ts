// Sequences of any length from a sampler whose context is bounded: when the context is full, a new sampler goes on
// from the last half of each.

import { joined } from '../data/bytes.ts';
import { hash4 } from '../lib/random.ts';
import type { AttentionRow, Watch } from '../model/attention.ts';
import type { Engine, SamplerSettings } from '../model/engine.ts';

export interface GenerateSettings extends Omit<SamplerSettings, 'prompt'> {
  /** What every sequence begins with, of any length. */
  readonly prompt: Uint8Array;
  /** Bytes to draw of each sequence. */
  readonly length: number;
  /** About how long a piece takes: often enough to watch, seldom enough for the GPU. */
  readonly pieceMs?: number;
  /** Whose attention is kept while drawing. */
  readonly watcher?: AttentionWatcher;
}

/** Sees the attention with which bytes are drawn: of the last byte of a piece, now and then. */
export interface AttentionWatcher {
  /** Asked before each piece; null for nothing. */
  readonly watch: () => Watch | null;
  /** A row, and which byte of the sequence, prompt included, stands at the row's position 0. */
  readonly onRow: (row: AttentionRow, first: number) => void;
}

const MAX_PIECE = 512;
/** No more often than a page draws. */
const WATCH_EVERY_MS = 50;

/**
 * Draws `length` bytes that continue the prompt in each of S sequences, piece by piece, [S][drawn]; leaving the loop
 * cancels. The bytes depend on the model and the settings alone, not on the pieces. Of a prompt that fills the
 * context, the last half context counts.
 */
export async function* generate(
  engine: Pick<Engine, 'config' | 'createSampler'>,
  { length, pieceMs = 60, watcher, ...settings }: GenerateSettings,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  const { contextLength } = engine.config;
  const half = Math.floor(contextLength / 2);
  const beginning = settings.prompt.length < contextLength ? settings.prompt : lastOf(settings.prompt, half);
  let contexts = Array<Uint8Array>(settings.samples).fill(beginning);
  let drawn = 0;
  let piece = 1;
  let watchedAtMs = Number.NEGATIVE_INFINITY;
  for (let round = 0; drawn < length; round++) {
    // A sampler's draws are numbered by position, which begins again in the middle: each round needs its own seed.
    const seed = round === 0 ? settings.seed : hash4(settings.seed, 0x5eed, round, 0);
    const sampler = await engine.createSampler({ ...settings, seed, prompt: contexts });
    try {
      const pieces = contexts.map((context) => [context]);
      const first = settings.prompt.length + drawn - (contexts[0]?.length ?? 0);
      let watched: Watch | null = null;
      while (drawn < length && sampler.position < contextLength) {
        const watch = watcher?.watch() ?? null;
        if (watch !== watched) await sampler.watch(watch);
        watched = watch;
        const start = performance.now();
        const drawing = sampler.next(Math.min(piece, length - drawn));
        const due = watch !== null && start - watchedAtMs >= WATCH_EVERY_MS;
        const [bytes, row] = await Promise.all([drawing, due ? sampler.watched() : null]);
        if (due) watchedAtMs = start;
        if (row) watcher?.onRow(row, first);
        const tookMs = performance.now() - start;
        if (tookMs < pieceMs / 2) piece = Math.min(2 * piece, MAX_PIECE);
        else if (tookMs > pieceMs) piece = Math.max(1, piece >> 1);
        drawn += bytes[0]?.length ?? length;
        for (const [sample, each] of bytes.entries()) pieces[sample]?.push(each);
        yield bytes.map((each) => each.slice());
      }
      contexts = pieces.map((each) => lastOf(joined(each), half));
    } finally {
      sampler.destroy();
    }
  }
}

function lastOf(bytes: Uint8Array, count: number): Uint8Array {
  return bytes.slice(Math.max(0, bytes.length - count));
}
