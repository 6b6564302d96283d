// The kernels tuned to the GPU for the page: one class of products after the other, until all are measured or the person
// has had enough.

import { breather } from '../lib/breathe.ts';
import type { Tuner } from '../measure/tuner.ts';
import type { EngineEvent, TuningStep } from '../protocol/index.ts';

/** Opens a device to tune on, apart from the one that trains. */
export type OpenTuner = () => Promise<Tuner>;

/** What was found, and of which adapter. */
export interface Tuned {
  readonly profile: Tuner['profile'];
  readonly steps: readonly TuningStep[];
}

const storageWords = { full: 'float32', packed: 'float16' };

export class TuningWork {
  readonly #id: number;
  readonly #emit: (event: EngineEvent) => void;
  #tuner: Tuner | undefined;
  #stopped = false;

  constructor(id: number, emit: (event: EngineEvent) => void) {
    this.#id = id;
    this.#emit = emit;
  }

  stop(): void {
    this.#stopped = true;
    this.#tuner?.close();
  }

  /** Measures everything; null when it was stopped. */
  async run(open: OpenTuner): Promise<Tuned | null> {
    if (this.#stopped) return null;
    const tuner = await open();
    this.#tuner = tuner;
    try {
      const steps = await this.#measure(tuner);
      return this.#stopped ? null : { profile: tuner.profile, steps };
    } catch (error) {
      // A device that is closed under its work fails in words that are of no use to anyone.
      if (this.#stopped) return null;
      throw error;
    } finally {
      tuner.close();
    }
  }

  async #measure({ items, steps }: Tuner): Promise<TuningStep[]> {
    const id = this.#id;
    const breathe = breather();
    const found: TuningStep[] = [];
    const tell = () => {
      const next = items[found.length];
      if (!next) return;
      const words = `${next.product}, in ${storageWords[next.storage]}`;
      const update = { what: 'progress', id, done: found.length, total: items.length, words } as const;
      this.#emit({ type: 'tuning', update });
    };
    tell();
    // Lets a wish to stop arrive.
    await breathe();
    if (this.#stopped) return found;
    for await (const step of steps()) {
      found.push(step);
      this.#emit({ type: 'tuning', update: { what: 'step', id, step } });
      tell();
      await breathe();
      if (this.#stopped) break;
    }
    return found;
  }
}
