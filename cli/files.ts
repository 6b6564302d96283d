// Files of the command line: data in, results out, and a directory as a store of checkpoints.

import type { Stats } from 'node:fs';
import { mkdir, open, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Store, StoredFile } from '../src/checkpoint/store.ts';
import type { Readable } from '../src/data/open/options.ts';
import { Failure } from '../src/lib/errors.ts';

/** Files of a folder at most: more are a whole disk by mistake. */
const MAX_FILES = 200_000;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'access is not permitted',
  EPERM: 'access is not permitted',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  // From making the directories above a file.
  EEXIST: 'a part of its path is not a directory',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  EIO: 'the disk cannot read it',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  ERR_FS_FILE_TOO_LARGE: 'it is too large',
};

/** What an error of the file system means, as a clause; undefined for any other error. */
const reasonOf = (error: unknown): string | undefined => reasons[(error as NodeJS.ErrnoException).code ?? ''];

/** Turns an error of the file system into a sentence; any other error passes. */
function fileFailure(error: unknown, what: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const reason = reasonOf(error);
  if (reason === undefined) return error;
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

/** Data as a file gives it when it is needed; what is wrong with it then is said as a clause. */
export function readable(path: string, size: number): Readable {
  const read = async (start: number, end: number) => {
    try {
      return await readPart(path, start, Math.max(0, Math.min(end, size) - start));
    } catch (error) {
      const reason = reasonOf(error);
      throw reason === undefined
        ? error
        : new Failure('bad-file', `it cannot be read: ${reason}`, { cause: error });
    }
  };
  const slice = (start: number, end: number) => ({ arrayBuffer: () => read(start, end) });
  return { size, slice, arrayBuffer: () => read(0, size) };
}

async function readPart(path: string, start: number, length: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const file = await open(path);
  try {
    for (let filled = 0; filled < length; ) {
      const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled);
      if (bytesRead === 0) throw new Failure('bad-file', 'it became shorter while it was read');
      filled += bytesRead;
    }
  } finally {
    await file.close();
  }
  return bytes.buffer;
}

/** Files below a folder. */
export interface Below {
  /** Their paths from the folder on, and what they hold. */
  readonly files: readonly { readonly name: string; readonly content: Readable }[];
  /** What else is there, and why it is no file to read, as a clause. */
  readonly others: readonly { readonly name: string; readonly reason: string }[];
}

/** A file, or the files of a folder and of those in it; links are followed, but no folder is read twice. */
export async function filesAt(path: string): Promise<Readable | Below> {
  const found = await stat(path).catch((error) => {
    throw fileFailure(error, `${path} cannot be read`);
  });
  if (!found.isDirectory()) return readable(path, await sizeOf(path));
  const files: { name: string; content: Readable }[] = [];
  const others: { name: string; reason: string }[] = [];
  const read = new Set<string>();
  const visit = async (folder: string) => {
    const place = join(path, folder);
    const real = await realpath(place);
    if (read.has(real)) {
      others.push({ name: folder, reason: 'it is a link to a folder that is read already' });
      return;
    }
    read.add(real);
    for (const entry of await readdir(place)) {
      const name = folder === '' ? entry : `${folder}/${entry}`;
      try {
        const { size, ...is } = kindOf(await stat(join(path, name)));
        if (is.folder) await visit(name);
        else if (is.file) files.push({ name, content: readable(join(path, name), size) });
        else others.push({ name, reason: 'it is neither a file nor a folder' });
      } catch (error) {
        const reason = reasonOf(error);
        if (reason === undefined) throw error;
        others.push({ name, reason: `it cannot be read: ${reason}` });
      }
      if (files.length > MAX_FILES) {
        const most = MAX_FILES.toLocaleString('en');
        throw new Failure('bad-file', `${path} holds more than ${most} files. Choose a folder inside it.`);
      }
    }
  };
  await visit('').catch((error) => {
    throw fileFailure(error, `${path} cannot be read`);
  });
  return { files, others };
}

const kindOf = (entry: Stats) => ({ size: entry.size, file: entry.isFile(), folder: entry.isDirectory() });

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
