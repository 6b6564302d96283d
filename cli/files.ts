// Files of the command line: data in, results out, and a directory as a store of checkpoints.

import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Store, StoredFile } from '../src/checkpoint/store.ts';
import type { Readable } from '../src/data/open/options.ts';
import { Failure } from '../src/lib/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'access is not permitted',
  EPERM: 'access is not permitted',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  ERR_FS_FILE_TOO_LARGE: 'it is too large',
};

/** Turns an error of the file system into a sentence; any other error passes. */
function fileFailure(error: unknown, what: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code && reasons[code];
  if (!reason) return error;
  const kind = code === 'ENOENT' ? 'not-found' : code === 'ENOSPC' ? 'storage-full' : 'bad-file';
  return new Failure(kind, `${what}: ${reason}.`, { cause: error });
}

async function sizeOf(path: string): Promise<number> {
  try {
    const entry = await stat(path);
    if (!entry.isFile()) throw new Failure('bad-file', `${path} cannot be read: it is not a file.`);
    return entry.size;
  } catch (error) {
    throw fileFailure(error, `${path} cannot be read`);
  }
}

/** A whole file. Throws a `Failure` that says why it cannot be read. */
export async function readBytes(path: string): Promise<Uint8Array> {
  await sizeOf(path);
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw fileFailure(error, `${path} cannot be read`);
  }
}

/** A file that is read when it is needed, as the readers of data want it. */
export async function readable(path: string): Promise<Readable> {
  const size = await sizeOf(path);
  const read = async (start: number, end: number) => {
    const file = await open(path).catch((error) => {
      throw fileFailure(error, `${path} cannot be read`);
    });
    try {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      return bytes.buffer.slice(0, bytesRead);
    } finally {
      await file.close();
    }
  };
  const slice = (start: number, end: number) => ({ arrayBuffer: () => read(start, end) });
  return { size, slice, arrayBuffer: () => read(0, size) };
}

/** Paths of the plain files below a folder, from the folder on; undefined where `path` is no folder. */
export async function filesBelow(path: string): Promise<string[] | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return undefined;
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch (error) {
    throw fileFailure(error, `${path} cannot be read`);
  }
}

/** Creates or replaces a file, and the directories above it, so that it is never half written. */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, bytes, { flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw fileFailure(error, `${path} cannot be written`);
  }
}

/** A directory as a store. */
export class DirectoryStore implements Store {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async list(folder: string): Promise<readonly StoredFile[]> {
    const entries = await readdir(join(this.#root, folder), { withFileTypes: true, recursive: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw fileFailure(error, `${join(this.#root, folder)} cannot be read`);
      },
    );
    const files: StoredFile[] = [];
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      files.push({
        path: relative(this.#root, path).split(sep).join('/'),
        sizeBytes: (await stat(path)).size,
      });
    }
    return files;
  }

  read(path: string): Promise<Uint8Array> {
    return readBytes(join(this.#root, path));
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    return writeBytes(join(this.#root, path), bytes);
  }

  async delete(path: string): Promise<void> {
    await rm(join(this.#root, path), { force: true });
  }
}
