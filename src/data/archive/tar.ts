// tar, as data sets are often packed: a block of 512 bytes that names a file, and its content in such blocks.

import { Failure } from '../../lib/errors.ts';
import { asciiAt } from '../bytes.ts';
import type { Allowance, Entry } from './allowance.ts';

const BLOCK = 512;

export const isTar = (bytes: Uint8Array): boolean => asciiAt(bytes, 257, 5) === 'ustar';

/** The plain files of a tar file, as views into it. Throws a `Failure` 'bad-file'. */
export function* readTar(bytes: Uint8Array, allowance: Allowance): Generator<Entry, void, undefined> {
  for (let at = 0; at < bytes.length && bytes[at] !== 0; ) {
    if (at + BLOCK > bytes.length) throw new Failure('bad-file', 'the tar file is cut off');
    if (!isTar(bytes.subarray(at))) throw new Failure('bad-file', 'the tar file is damaged');
    const size = Number.parseInt(textAt(bytes, at + 124, 12).trim() || '0', 8);
    const start = at + BLOCK;
    if (!(size >= 0) || start + size > bytes.length) throw new Failure('bad-file', 'the tar file is cut off');
    const kind = asciiAt(bytes, at + 156, 1);
    // All else is a folder, a link, or says more about the file that follows.
    if (kind === '0' || kind === '\0') {
      allowance.take(0, 1);
      const prefix = textAt(bytes, at + 345, 155);
      const name = textAt(bytes, at, 100);
      yield { name: prefix ? `${prefix}/${name}` : name, bytes: bytes.subarray(start, start + size) };
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** Characters up to the first zero. */
function textAt(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
