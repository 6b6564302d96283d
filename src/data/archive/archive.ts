// Files inside files: zip, tar and gzip, and those inside each other, up to a limit on what comes out of them all. What an
// archive lists is judged before any of it is unpacked, and each file is unpacked when it is read.

import { Failure } from '../../lib/errors.ts';
import { asciiAt } from '../bytes.ts';
import type { Allowance, Listing, Packed } from './allowance.ts';
import { gunzip, isGzip } from './gzip.ts';
import { isTar, listTar } from './tar.ts';
import { isZip, listZip } from './zip.ts';

/** An archive in an archive in an archive: what lies deeper was made to annoy. */
const MAX_DEPTH = 3;

/** Bytes of a file from which its format is told. */
export const HEAD_BYTES = 2 ** 16;

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

/** A file that is no archive, and how it begins: HEAD_BYTES of it, or all. */
export interface Unpacked extends Packed {
  readonly head: Uint8Array;
}

export interface UnpackOptions {
  readonly allowance: Allowance;
  /** Told of each file that cannot be opened, and of archives that may hold more than is found. */
  readonly onProblem: (name: string, error: unknown) => void;
  /** Awaited often; what it throws ends the work. */
  readonly pause: () => Promise<void>;
}

/**
 * The files in a file, however deep, an archive's name before their own. A file that is no archive is its own only one.
 * Never throws of itself.
 */
export async function* unpack(
  file: Packed,
  options: UnpackOptions,
  depth = 0,
): AsyncGenerator<Unpacked, void, undefined> {
  const { onProblem, pause } = options;
  await pause();
  let listing: Listing;
  try {
    const head = await file.read(HEAD_BYTES);
    if (!isArchive(head)) return yield { ...file, head };
    if (depth >= MAX_DEPTH) throw new Failure('bad-file', 'archives are packed in archives too deeply');
    listing = await list(file, await file.read(), options);
  } catch (error) {
    onProblem(file.name, error);
    return;
  }
  for (const inner of listing.files) yield* unpack(inner, options, depth + 1);
  if (listing.problem !== undefined) onProblem(file.name, new Failure('bad-file', listing.problem));
}

/** Documents that are zip files of markup inside: what a person means is their text, not that. */
function documentKind(names: ReadonlySet<string>): string | undefined {
  if (names.has('[Content_Types].xml')) return 'an Office document';
  if (!names.has('mimetype')) return undefined;
  if (names.has('META-INF/container.xml')) return 'an EPUB book';
  return names.has('META-INF/manifest.xml') ? 'an OpenDocument file' : undefined;
}

const isArchive = (head: Uint8Array): boolean => isGzip(head) || isZip(head) || isTar(head);

async function list(
  { name }: Packed,
  bytes: Uint8Array,
  { allowance, pause }: UnpackOptions,
): Promise<Listing> {
  if (isGzip(bytes)) {
    const content = await gunzip(bytes, allowance, pause);
    const read = async (count?: number) => content.subarray(0, count);
    return { files: [{ name: name.replace(/\.t?gz$/i, ''), sizeBytes: content.length, read }] };
  }
  const { files, ...rest } = isZip(bytes) ? listZip(bytes, allowance, pause) : listTar(bytes, allowance);
  const document = documentKind(new Set(files.map((file) => file.name)));
  if (document)
    throw new Failure('bad-file', `it is ${document}, which is not read here; save its text as a text file`);
  // Who packs a folder as "." gets names that begin with it.
  const named = (inner: string) =>
    `${name}/${inner
      .split('/')
      .filter((part) => part !== '.' && part !== '')
      .join('/')}`;
  return { files: files.map((file) => ({ ...file, name: named(file.name) })), ...rest };
}
