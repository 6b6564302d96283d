// Files inside files: zip, tar and gzip, and those inside each other, up to a limit on what comes out of them all.

import { Failure } from '../../lib/errors.ts';
import { asciiAt } from '../bytes.ts';
import type { Allowance, Entry } from './allowance.ts';
import { gunzip, isGzip } from './gzip.ts';
import { isTar, readTar } from './tar.ts';
import { isZip, readZip } from './zip.ts';

/** An archive in an archive in an archive: what lies deeper was made to annoy. */
const MAX_DEPTH = 3;

const PACKERS: readonly (readonly [signature: string, name: string])[] = [
  ['\xfd7zXZ\0', 'xz'],
  ['BZh', 'bzip2'],
  ['7z\xbc\xaf\x27\x1c', '7z'],
  ['Rar!\x1a\x07', 'RAR'],
  ['\x28\xb5\x2f\xfd', 'Zstandard'],
];

/** The name of a packer whose files cannot be opened; undefined for all else. */
export function unknownPacker(bytes: Uint8Array): string | undefined {
  return PACKERS.find(([signature]) => asciiAt(bytes, 0, signature.length) === signature)?.[1];
}

export const isArchive = (bytes: Uint8Array): boolean => isGzip(bytes) || isZip(bytes) || isTar(bytes);

/**
 * The files in an archive, however deep; `name` is put before their own. A file that is no archive is its own only
 * entry. Throws a `Failure` 'bad-file', whose message is a clause, for a damaged one or one that holds too much.
 */
export async function* unpack(
  name: string,
  bytes: Uint8Array,
  allowance: Allowance,
  depth = 0,
): AsyncGenerator<Entry, void, undefined> {
  if (!isArchive(bytes)) {
    yield { name, bytes };
    return;
  }
  if (depth >= MAX_DEPTH) throw new Failure('bad-file', 'archives are packed in archives too deeply');
  if (isGzip(bytes)) {
    const content = await gunzipped(bytes, allowance);
    yield* unpack(name.replace(/\.t?gz$/i, ''), content, allowance, depth + 1);
    return;
  }
  for (const entry of isZip(bytes) ? readZip(bytes, allowance) : readTar(bytes, allowance)) {
    yield* unpack(`${name}/${entry.name}`, entry.bytes, allowance, depth + 1);
  }
}

async function gunzipped(bytes: Uint8Array, allowance: Allowance): Promise<Uint8Array> {
  const content = await gunzip(bytes, allowance.bytes);
  allowance.take(content.length, 1);
  return content;
}
