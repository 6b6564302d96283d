// A store in memory for tests, with faults to order.

import { Failure } from '../lib/errors.ts';
import type { Store, StoredFile } from './store.ts';

export class MemoryStore implements Store {
  readonly files = new Map<string, Uint8Array>();
  /** Writes to come before the store is full. */
  writesUntilFull = Infinity;
  /** Changes to come before everything stops, as when the browser is killed. */
  changesUntilKilled = Infinity;

  async list(folder: string): Promise<readonly StoredFile[]> {
    return [...this.files]
      .filter(([path]) => path.startsWith(`${folder}/`))
      .map(([path, bytes]) => ({ path, sizeBytes: bytes.length }));
  }

  async read(path: string): Promise<Uint8Array> {
    const bytes = this.files.get(path);
    if (!bytes) throw new Failure('not-found', 'A saved file is not there any more.');
    return bytes.slice();
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#change();
    this.writesUntilFull -= 1;
    if (this.writesUntilFull < 0)
      throw new Failure('storage-full', 'The browser has no room left to save this.');
    this.files.set(path, bytes.slice());
  }

  async delete(path: string): Promise<void> {
    this.#change();
    this.files.delete(path);
  }

  #change(): void {
    this.changesUntilKilled -= 1;
    if (this.changesUntilKilled < 0) throw new Error('killed');
  }
}
