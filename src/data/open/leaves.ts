// The files that a person gave, with archives replaced by what is in them.

import { Failure } from '../../lib/errors.ts';
import { Allowance, type Packed } from '../archive/allowance.ts';
import { unpack } from '../archive/archive.ts';
import { mebibytes } from '../bytes.ts';
import type { Skipped } from '../dataset.ts';
import { plainName } from './names.ts';
import type { SourceFile } from './options.ts';
import { type Sniffed, sniff } from './sniff.ts';

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
const HIDDEN = /(^|\/)(\.(?!\.?\/)|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;

/**
 * Yields files, and what is in archives; puts into `skipped` what cannot be opened at all. Awaits `pause` often, now and then
 * with the share of the files that is done, and throws what it throws.
 */
export async function* leavesOf(
  files: readonly SourceFile[],
  skipped: Skipped[],
  pause: (share?: number) => Promise<void>,
): AsyncGenerator<Leaf, void, undefined> {
  const onProblem = (name: string, error: unknown) =>
    void skipped.push({ name: plainName(name), reason: reasonOf(error) });
  const allowance = new Allowance();
  for (const [index, file] of files.entries()) {
    await pause(index / files.length);
    // One file alone was chosen, whatever its name.
    let isChosen = files.length === 1;
    const options = { allowance, onProblem, pause: () => pause() };
    for await (const { head, ...found } of unpack(packed(file), options)) {
      isChosen &&= found.name === file.name;
      const name = plainName(found.name);
      if (!isChosen && HIDDEN.test(found.name)) skipped.push({ name, reason: 'it is a hidden file' });
      // Without its head, which would be kept for every file.
      else yield { ...found, name, sniffed: sniff(head, found.sizeBytes) };
    }
  }
}

/** A file that a person gave, in the manner of one in an archive. */
function packed({ name, content }: SourceFile): Packed {
  if (content instanceof Uint8Array) {
    return { name, sizeBytes: content.length, read: async (count) => content.subarray(0, count) };
  }
  const sizeBytes = content.size;
  const read = async (count = Infinity) => {
    if (count < sizeBytes) return new Uint8Array(await content.slice(0, count).arrayBuffer());
    if (sizeBytes > MAX_FILE_BYTES) {
      const reason = `it has ${mebibytes(sizeBytes)}; at most ${mebibytes(MAX_FILE_BYTES)} fit, so open a part of it`;
      throw new Failure('bad-file', reason);
    }
    return new Uint8Array(await content.arrayBuffer());
  };
  return { name, sizeBytes, read };
}

/** Why a file is left out, as a clause. Throws what is no reason to leave out one file alone. */
export function reasonOf(error: unknown): string {
  if (error instanceof Failure && error.code === 'bad-file') return error.message;
  if (error instanceof DOMException) return 'the browser cannot read it; it may have been moved or changed';
  if (error instanceof RangeError && /allocation failed/.test(error.message)) {
    return 'there is not enough memory for it; close what else is open, or open a part of it';
  }
  throw error;
}
