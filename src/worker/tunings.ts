// What was found of this browser's adapters, kept in its storage and followed by every engine that is laid out. Where
// nothing can be stored, it lasts as long as this worker.

import type { Store } from '../checkpoint/store.ts';
import { type AdapterNames, forgetTuning, loadTuning, saveTuning } from '../checkpoint/tuning.ts';
import type { VariantProfile } from '../kernels/index.ts';
import { type Choices, choicesToFollow } from '../measure/tuner.ts';
import type { EngineEvent, Tuning } from '../protocol/index.ts';
import type { Storage } from './library.ts';

export type AdapterProfile = AdapterNames & VariantProfile;

export class Tunings {
  readonly #storage: Pick<Storage, 'open'>;
  readonly #emit: (event: EngineEvent) => void;
  #present: { readonly profile: AdapterProfile; readonly kept: Tuning | undefined } | undefined;

  constructor(storage: Pick<Storage, 'open'>, emit: (event: EngineEvent) => void) {
    this.#storage = storage;
    this.#emit = emit;
  }

  /** What is kept of the adapter that was opened last. */
  get kept(): Tuning | undefined {
    return this.#present?.kept;
  }

  /** What engines on this adapter, which has just been opened, are to follow. */
  async follow(profile: AdapterProfile): Promise<Choices | undefined> {
    const store = await this.#open();
    const kept = store ? await loadTuning(store, profile).catch(() => undefined) : this.kept;
    return this.#set(profile, kept);
  }

  /** Keeps what was found of an adapter, or that it is to be left aside; undefined forgets it. */
  async keep(tuning: Tuning | undefined, profile = this.#present?.profile): Promise<Choices | undefined> {
    if (!profile) return undefined;
    const store = await this.#open();
    try {
      if (store && tuning) await saveTuning(store, profile, tuning);
      else if (store) await forgetTuning(store, profile);
    } catch {
      const message =
        'The browser did not store what was found of this GPU: it lasts until the page is closed.';
      this.#emit({ type: 'notice', level: 'warning', message });
    }
    return this.#set(profile, tuning);
  }

  #set(profile: AdapterProfile, kept: Tuning | undefined): Choices | undefined {
    this.#present = { profile, kept };
    this.#emit({ type: 'tuning', update: { what: 'kept', kept: kept ?? null } });
    return choicesToFollow(profile, kept);
  }

  /** The store; undefined where the browser keeps no files. */
  #open(): Promise<Store | undefined> {
    return this.#storage.open().catch(() => undefined);
  }
}
