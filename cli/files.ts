// Files of the command line: data in, results out, and a directory as a store of checkpoints.

import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Store, StoredFile } from '../src/checkpoint/store.ts';
import { checkTextSize, readText } from '../src/data/text.ts';
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

/** The bytes of a text file, or inside a gzip file. Throws a `Failure` for one that is empty, too large or damaged. */
export async function readData(path: string): Promise<Uint8Array> {
  try {
    checkTextSize(await sizeOf(path));
    return await readText(new Blob([(await readBytes(path)) as Uint8Array<ArrayBuffer>]));
  } catch (error) {
    if (!(error instanceof Failure) || error.message.startsWith(path)) throw error;
    throw new Failure(error.code, `${path}: ${error.message}`, { cause: error });
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
