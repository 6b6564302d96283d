// tar, as data sets are often packed: a block of 512 bytes that names a file, and its content in such blocks.

import { asciiAt } from '../bytes.ts';
import type { Allowance, Listing, Packed } from './allowance.ts';

const BLOCK = 512;

export const isTar = (bytes: Uint8Array): boolean => asciiAt(bytes, 257, 5) === 'ustar' || isOldTar(bytes);

/** From before there was a signature: a header whose checksum is right, its own eight bytes counted as spaces. */
function isOldTar(bytes: Uint8Array): boolean {
  const digits = textAt(bytes, 148, 8).trim();
  if (bytes.length < BLOCK || bytes[0] === 0 || !/^[0-7]+$/.test(digits)) return false;
  const sum = bytes
    .subarray(0, BLOCK)
    .reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
  return sum === Number.parseInt(digits, 8);
}

/** Kinds of entries; all others are folders, symbolic links, or devices. */
const KIND = { plain: ['0', '\0', '7'], hardLink: '1', longName: 'L', extended: 'x', sparse: 'S' } as const;

/**
 * The plain files of a tar file, as views into it, and what is linked to them. Throws a `Failure` 'bad-file' where there
 * are too many.
 */
export function listTar(bytes: Uint8Array, allowance: Allowance): Listing {
  const files: Packed[] = [];
  const byName = new Map<string, Packed>();
  let problem: string | undefined;
  let at = 0;
  // What an entry says of the one that follows.
  let longName: string | undefined;
  // It ends with a block of zeros.
  while (bytes[at] !== 0) {
    const size = sizeAt(bytes, at);
    const start = at + BLOCK;
    if (start > bytes.length || start + size > bytes.length) problem = 'the tar file is cut off';
    else if (!isTar(bytes.subarray(at)) || Number.isNaN(size)) problem = 'the tar file is damaged';
    if (problem !== undefined) break;
    const kind = asciiAt(bytes, at + 156, 1);
    const content = bytes.subarray(start, start + size);
    const name = longName ?? nameAt(bytes, at);
    if (KIND.plain.some((plain) => plain === kind)) {
      const file = { name, sizeBytes: size, read: async (n?: number) => content.subarray(0, n) };
      files.push(file);
      byName.set(name, file);
    } else if (kind === KIND.hardLink) {
      const file = byName.get(textAt(bytes, at + 157, 100));
      // It takes no room in the archive, and all the more outside.
      allowance.take(file?.sizeBytes ?? 0, 0);
      if (file) files.push({ ...file, name });
    } else if (kind === KIND.sparse) {
      problem = 'the tar file holds files with holes, which are not read';
      break;
    }
    longName =
      kind === KIND.longName
        ? textAt(content, 0, size)
        : kind === KIND.extended
          ? pathOf(content)
          : undefined;
    if (files.length > allowance.entries) break;
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  allowance.take(0, files.length);
  if (problem === undefined) return { files };
  return { files, problem: files.length === 0 ? problem : `${problem}; what lies before that was read` };
}

/** The path among the records of an extended header, of which each is "LENGTH KEY=VALUE\n". */
function pathOf(records: Uint8Array): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(new TextDecoder().decode(records))?.[1];
}

/** In octal; `NaN` where it is not. */
function sizeAt(bytes: Uint8Array, at: number): number {
  const digits = textAt(bytes, at + 124, 12).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN;
}

function nameAt(bytes: Uint8Array, at: number): string {
  const prefix = textAt(bytes, at + 345, 155);
  const name = textAt(bytes, at, 100);
  return prefix ? `${prefix}/${name}` : name;
}

/** Characters up to the first zero. */
function textAt(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
