// The files that a person gave, with archives replaced by what is in them.

import { Failure } from '../../lib/errors.ts';
import { Allowance } from '../archive/allowance.ts';
import { isArchive, unpack } from '../archive/archive.ts';
import { mebibytes } from '../bytes.ts';
import type { Skipped } from '../dataset.ts';
import type { Content, SourceFile } from './options.ts';
import { HEAD_BYTES, type Sniffed, sniff } from './sniff.ts';

/** Largest file that is read. */
export const MAX_FILE_BYTES = 512 * 2 ** 20;

/** One file, not read yet but for its beginning. */
export interface Leaf {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sniffed: Sniffed;
  read(): Promise<Uint8Array>;
}

/** What a file system or a packer leaves in folders; no one chose it. */
const HIDDEN = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;

/** Yields files, and what is in archives; puts into `skipped` what cannot be opened at all. */
export async function* leavesOf(
  files: readonly SourceFile[],
  skipped: Skipped[],
): AsyncGenerator<Leaf, void, undefined> {
  const allowance = new Allowance();
  for (const { name, content } of files) {
    try {
      const sizeBytes = content instanceof Uint8Array ? content.length : content.size;
      if (files.length > 1 && HIDDEN.test(name)) throw new Failure('bad-file', 'it is a hidden file');
      const head = await bytesOf(content, HEAD_BYTES);
      if (isArchive(head))
        yield* packedLeaves(name, await checkedBytes(content, sizeBytes), allowance, skipped);
      else yield leafOf(name, head, sizeBytes, () => checkedBytes(content, sizeBytes));
    } catch (error) {
      skipped.push({ name, reason: reasonOf(error) });
    }
  }
}

async function* packedLeaves(
  name: string,
  bytes: Uint8Array,
  allowance: Allowance,
  skipped: Skipped[],
): AsyncGenerator<Leaf, void, undefined> {
  for await (const entry of unpack(name, bytes, allowance)) {
    if (HIDDEN.test(entry.name)) skipped.push({ name: entry.name, reason: 'it is a hidden file' });
    else
      yield leafOf(
        entry.name,
        entry.bytes.subarray(0, HEAD_BYTES),
        entry.bytes.length,
        async () => entry.bytes,
      );
  }
}

function leafOf(name: string, head: Uint8Array, sizeBytes: number, read: Leaf['read']): Leaf {
  return { name, sizeBytes, sniffed: sniff(head, sizeBytes), read };
}

function checkedBytes(content: Content, sizeBytes: number): Promise<Uint8Array> {
  if (sizeBytes > MAX_FILE_BYTES) {
    const reason = `it has ${mebibytes(sizeBytes)}; at most ${mebibytes(MAX_FILE_BYTES)} fit, so open a part of it`;
    throw new Failure('bad-file', reason);
  }
  return bytesOf(content);
}

async function bytesOf(content: Content, count = Infinity): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content.subarray(0, count);
  const part = count < content.size ? content.slice(0, count) : content;
  return new Uint8Array(await part.arrayBuffer());
}

/** Why a file is left out, as a clause. Throws what is no reason to leave out one file alone. */
export function reasonOf(error: unknown): string {
  if (error instanceof Failure && error.code === 'bad-file') return error.message;
  if (error instanceof DOMException) return 'the browser cannot read it; it may have been moved or changed';
  throw error;
}
