// zip, by the directory at its end, which alone tells where all files lie and how large they are (NumPy's .npz leaves the
// sizes out elsewhere). Contents are unpacked piece by piece, and no more of them than is allowed.

import { Inflate } from 'fflate';
import { Failure } from '../../lib/errors.ts';
import { asciiAt, joined, viewOf } from '../bytes.ts';
import { crc32 } from '../crc32.ts';
import type { Allowance, Entry } from './allowance.ts';

const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** Longest comment behind the end of the directory. */
const MAX_COMMENT = 2 ** 16;
const PIECE = 2 ** 14;

interface Listed {
  readonly name: string;
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly localAt: number;
}

export const isZip = (bytes: Uint8Array): boolean =>
  ['PK\x03\x04', 'PK\x05\x06'].includes(asciiAt(bytes, 0, 4));

/** The files of a zip file. Throws a `Failure` 'bad-file'. */
export function* readZip(bytes: Uint8Array, allowance: Allowance): Generator<Entry, void, undefined> {
  for (const entry of listed(bytes)) {
    if (entry.name.endsWith('/')) continue;
    allowance.take(0, 1);
    if (entry.encrypted) refuse('the zip file is locked with a password; unpack it first');
    yield { name: entry.name, bytes: contentOf(bytes, entry, allowance) };
  }
}

function refuse(reason: string): never {
  throw new Failure('bad-file', reason);
}

function* listed(bytes: Uint8Array): Generator<Listed, void, undefined> {
  const view = viewOf(bytes);
  let end = bytes.length - END_BYTES;
  const lowest = Math.max(0, end - MAX_COMMENT);
  while (end >= lowest && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < lowest) refuse('the zip file is cut off: the list of its files is missing');
  let { count, at } = directoryOf(view, end);
  for (; count > 0; count--) {
    if (at + ENTRY_BYTES > bytes.length || asciiAt(bytes, at, 4) !== 'PK\x01\x02') {
      refuse('the list of files in the zip file is damaged');
    }
    const nameBytes = view.getUint16(at + 28, true);
    yield {
      name: new TextDecoder().decode(bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes)),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      localAt: view.getUint32(at + 42, true),
    };
    at += ENTRY_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
}

/** Where the directory begins and how many files it lists; of more than 65,534 files, a second record tells. */
function directoryOf(view: DataView, end: number): { count: number; at: number } {
  const count = view.getUint16(end + 10, true);
  const at = view.getUint32(end + 16, true);
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== 0x07064b50) return { count, at };
  const record = Number(view.getBigUint64(locator + 8, true));
  if (record + 56 > view.byteLength || view.getUint32(record, true) !== 0x06064b50) {
    refuse('the list of files in the zip file is damaged');
  }
  return {
    count: Number(view.getBigUint64(record + 32, true)),
    at: Number(view.getBigUint64(record + 48, true)),
  };
}

function contentOf(bytes: Uint8Array, entry: Listed, allowance: Allowance): Uint8Array {
  const { name, localAt, packedBytes, method, crc } = entry;
  if (localAt + LOCAL_BYTES > bytes.length || asciiAt(bytes, localAt, 4) !== 'PK\x03\x04') {
    refuse('the list of files in the zip file is damaged');
  }
  const view = viewOf(bytes);
  const start =
    localAt + LOCAL_BYTES + view.getUint16(localAt + 26, true) + view.getUint16(localAt + 28, true);
  if (start + packedBytes > bytes.length) refuse('the zip file is cut off');
  const packed = bytes.subarray(start, start + packedBytes);
  if (method !== 0 && method !== 8)
    refuse(`${name} in the zip file is packed in a way that is not known here`);
  if (method === 0) allowance.take(packedBytes);
  const content = method === 0 ? packed : inflated(packed, entry.bytes, allowance);
  if (content.length !== entry.bytes || crc32(content) !== crc) refuse(`${name} in the zip file is damaged`);
  return content;
}

/** Unpacks, and stops where there is more than the directory says, or than is allowed. */
function inflated(packed: Uint8Array, size: number, allowance: Allowance): Uint8Array {
  const pieces: Uint8Array[] = [];
  let got = 0;
  const stream = new Inflate((piece) => {
    allowance.take(piece.length);
    pieces.push(piece);
    got += piece.length;
  });
  try {
    for (let at = 0; at < packed.length && got <= size; at += PIECE) {
      stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('bad-file', 'the zip file is damaged', { cause });
  }
  return joined(pieces);
}
