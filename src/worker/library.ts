// The saved runs of this browser. Storage may be missing, full, or another tab's to write: training goes on then,
// and the person is told once.

import {
  deleteRun,
  listRuns,
  loadCheckpoint,
  loadData,
  RUNS_FOLDER,
  saveCheckpoint,
  saveData,
  sweep,
} from '../checkpoint/runs.ts';
import type { Store } from '../checkpoint/store.ts';
import type { Checkpoint } from '../checkpoint/weights.ts';
import { Failure } from '../lib/errors.ts';
import { Mutex } from '../lib/mutex.ts';
import type { EngineEvent, SavedRun } from '../protocol/index.ts';

export interface Storage {
  open(): Promise<Store>;
  /** Whether this tab may write: one does at a time. */
  claimWriting(): Promise<boolean>;
}

/** Larger data is not kept with the runs: the person opens the file again. */
const MAX_DATA_BYTES = 64 * 2 ** 20;

export class Library {
  readonly #storage: Storage;
  readonly #emit: (event: EngineEvent) => void;
  /** One save or deletion at a time. */
  readonly #lock = new Mutex();
  #store: Promise<Store> | undefined;
  #swept = false;
  /** What the person was told last, so as not to say it every minute. */
  #told = '';

  constructor(storage: Storage, emit: (event: EngineEvent) => void) {
    this.#storage = storage;
    this.#emit = emit;
  }

  async list(): Promise<readonly SavedRun[]> {
    return listRuns(await this.#open());
  }

  /** A run's newest whole checkpoint, and its data where that is kept. */
  async load(id: string): Promise<{ checkpoint: Checkpoint; bytes: Uint8Array | undefined }> {
    const store = await this.#open();
    const { checkpoint, damaged } = await loadCheckpoint(store, `${RUNS_FOLDER}/${id}`);
    if (damaged > 0) {
      const { step } = checkpoint.snapshot.progress;
      this.#notice(
        'warning',
        `The latest state of this run is damaged; it goes on from step ${step}, saved before that.`,
      );
    }
    return { checkpoint, bytes: await loadData(store, checkpoint.data) };
  }

  /** Saves a checkpoint, and its data; what goes wrong becomes a notice. */
  save(id: string, checkpoint: Checkpoint, bytes: Uint8Array): Promise<void> {
    return this.#lock.run(async () => {
      try {
        const store = await this.#openForWriting();
        await saveCheckpoint(store, `${RUNS_FOLDER}/${id}`, checkpoint, Date.now());
        if (bytes.length <= MAX_DATA_BYTES) await saveData(store, checkpoint.data, bytes);
        this.#told = '';
        this.#emit({ type: 'saved', runs: await listRuns(store) });
      } catch (error) {
        const reason = error instanceof Failure ? error.message : `The browser refused: ${String(error)}.`;
        this.#tellOnce(`The run is not saved. ${reason}`);
      }
    });
  }

  delete(id: string): Promise<void> {
    return this.#lock.run(async () => {
      const store = await this.#openForWriting();
      await deleteRun(store, id);
      await sweep(store);
      this.#emit({ type: 'saved', runs: await listRuns(store) });
    });
  }

  #open(): Promise<Store> {
    this.#store ??= this.#storage.open().catch((error) => {
      this.#store = undefined;
      throw error;
    });
    return this.#store;
  }

  async #openForWriting(): Promise<Store> {
    const store = await this.#open();
    if (!(await this.#storage.claimWriting())) {
      throw new Failure('bad-input', 'Another tab of Weft saves runs; close it, and this one can.');
    }
    if (!this.#swept) await sweep(store);
    this.#swept = true;
    return store;
  }

  #tellOnce(message: string): void {
    if (message !== this.#told) this.#notice('warning', message);
    this.#told = message;
  }

  #notice(level: 'warning', message: string): void {
    this.#emit({ type: 'notice', level, message });
  }
}
