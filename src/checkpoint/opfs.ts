// The browser's private file system as a store. A file appears when its stream is closed, whole or not at all;
// the one writer among several tabs holds a lock, and the others are told so.

import { Failure } from '../lib/errors.ts';
import type { Store, StoredFile } from './store.ts';

const WRITER_LOCK = 'weft-runs';

/** The writer's lock, once it is ours: held until this thread ends. */
let writing: Promise<boolean> | undefined;

/** Whether this thread may write: true when no other tab of this site does. */
export function claimWriting(): Promise<boolean> {
  writing ??= new Promise<boolean>((resolve, reject) => {
    const held = navigator.locks.request(WRITER_LOCK, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      // The other tab may be closed later: then the next claim asks again.
      if (lock === null) writing = undefined;
      return lock && new Promise(() => {});
    });
    held.catch(reject);
  });
  return writing;
}

/** Opens the store. Throws a `Failure` 'not-found' where the browser keeps no files, as in some private windows. */
export async function openOpfs(): Promise<Store> {
  try {
    return new OpfsStore(await navigator.storage.getDirectory());
  } catch (cause) {
    throw new Failure(
      'not-found',
      'This browser keeps no files for this page, so runs cannot be saved here.',
      {
        cause,
      },
    );
  }
}

class OpfsStore implements Store {
  readonly #root: FileSystemDirectoryHandle;

  constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  async list(folder: string): Promise<readonly StoredFile[]> {
    const files: StoredFile[] = [];
    const walk = async (directory: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, handle] of directory.entries()) {
        const below = `${path}/${name}`;
        if (handle instanceof FileSystemDirectoryHandle) await walk(handle, below);
        else files.push({ path: below, sizeBytes: (await (handle as FileSystemFileHandle).getFile()).size });
      }
    };
    try {
      await walk(await this.#directory(folder.split('/')), folder);
    } catch (error) {
      if (!isNamed(error, 'NotFoundError')) throw error;
    }
    return files;
  }

  async read(path: string): Promise<Uint8Array> {
    try {
      const { directory, name } = await this.#place(path);
      const file = await (await directory.getFileHandle(name)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    } catch (cause) {
      throw new Failure('not-found', 'A saved file is not there any more. The browser may have cleared it.', {
        cause,
      });
    }
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const { directory, name } = await this.#place(path, { create: true });
    const existed = await exists(directory, name);
    const handle = await directory.getFileHandle(name, { create: true });
    try {
      const stream = await handle.createWritable();
      try {
        await stream.write(bytes as Uint8Array<ArrayBuffer>);
        await stream.close();
      } catch (error) {
        await stream.abort().catch(() => {});
        throw error;
      }
    } catch (cause) {
      // The handle alone has made an empty file, which must not be taken for a saved one.
      if (!existed) await directory.removeEntry(name).catch(() => {});
      if (!isNamed(cause, 'QuotaExceededError')) throw cause;
      throw new Failure(
        'storage-full',
        'The browser has no room left to save this. Delete saved runs, or save the weights to a file.',
        { cause },
      );
    }
  }

  async delete(path: string): Promise<void> {
    const steps = path.split('/');
    for (let depth = steps.length; depth > 0; depth--) {
      try {
        const parent = await this.#directory(steps.slice(0, depth - 1));
        await parent.removeEntry(steps[depth - 1] ?? '');
      } catch (error) {
        if (isNamed(error, 'NotFoundError')) continue;
        // A folder that still holds something stays.
        if (isNamed(error, 'InvalidModificationError')) return;
        throw error;
      }
    }
  }

  async #directory(steps: readonly string[], options?: FileSystemGetDirectoryOptions) {
    let directory = this.#root;
    for (const step of steps) directory = await directory.getDirectoryHandle(step, options);
    return directory;
  }

  async #place(path: string, options?: FileSystemGetDirectoryOptions) {
    const steps = path.split('/');
    const name = steps.pop() ?? '';
    return { directory: await this.#directory(steps, options), name };
  }
}

async function exists(directory: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  return directory.getFileHandle(name).then(
    () => true,
    () => false,
  );
}

const isNamed = (error: unknown, name: string) => error instanceof DOMException && error.name === name;
