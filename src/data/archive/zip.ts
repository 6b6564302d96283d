// zip, by the directory at its end, which alone tells where all files lie and how large they are (NumPy's .npz leaves the
// sizes out elsewhere). It is judged as a whole, number, sizes and places, before anything is unpacked; then no file gives
// more than it says.

import { Inflate } from 'fflate';
import { Failure } from '../../lib/errors.ts';
import { asciiAt, DEFLATE_RATIO, Gathered, viewOf } from '../bytes.ts';
import { crc32 } from '../crc32.ts';
import type { Allowance, Listing } from './allowance.ts';

const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** Longest comment behind the end of the directory. */
const MAX_COMMENT = 2 ** 16;
/** Packed bytes that are unpacked at once: at most some sixteen million. */
const PIECE = 2 ** 14;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly name: string;
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly localAt: number;
}

export const isZip = (bytes: Uint8Array): boolean =>
  ['PK\x03\x04', 'PK\x05\x06'].includes(asciiAt(bytes, 0, 4));

/** The files of a zip file. Throws a `Failure` 'bad-file' where its directory cannot be found or believed. */
export function listZip(bytes: Uint8Array, allowance: Allowance, pause: () => Promise<void>): Listing {
  const { entries, complete } = entriesOf(bytes, allowance.entries);
  const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  allowance.take(sizeBytes, entries.length);
  const overlapping = overlap(entries);
  if (overlapping) refuse(`${overlapping.name} in the zip file lies where another file does`);
  const files = entries.map((entry) => ({
    name: entry.name,
    sizeBytes: entry.sizeBytes,
    read: (count = Infinity) => contentOf(bytes, entry, count, pause),
  }));
  if (complete) return { files };
  if (files.length === 0) refuse('the list of files in the zip file is damaged');
  return { files, problem: 'the list of its files is damaged, so some may be missing' };
}

function refuse(reason: string): never {
  throw new Failure('bad-file', reason);
}

/** The entries of the directory, up to the first that is damaged, and no more than one above `most`. */
function entriesOf(bytes: Uint8Array, most: number): { entries: readonly Entry[]; complete: boolean } {
  const view = viewOf(bytes);
  let end = bytes.length - END_BYTES;
  const lowest = Math.max(0, end - MAX_COMMENT);
  while (end >= lowest && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < lowest) refuse('the zip file is cut off: the list of its files is missing');
  const directory = directoryOf(view, end);
  const entries: Entry[] = [];
  let at = directory.at;
  let count = 0;
  for (; at + ENTRY_BYTES <= directory.end && asciiAt(bytes, at, 4) === 'PK\x01\x02'; count++) {
    const nameBytes = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes));
    const extra = at + ENTRY_BYTES + nameBytes;
    const next = extra + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (!name.endsWith('/')) {
      const [sizeBytes = 0, packedBytes = 0, localAt = 0] = widened(
        view,
        [extra, Math.min(directory.end, extra + view.getUint16(at + 30, true))],
        [24, 20, 42].map((field) => view.getUint32(at + field, true)),
      );
      entries.push({
        name,
        encrypted: (view.getUint16(at + 8, true) & 1) === 1,
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        packedBytes,
        sizeBytes,
        localAt,
      });
    }
    if (entries.length > most) return { entries, complete: true };
    at = next;
  }
  return { entries, complete: count === directory.count };
}

/** Sizes and place of an entry, where 32 bits do not hold one, or a packer said so, from its extra field (zip64). */
function widened(view: DataView, [from, to]: readonly [number, number], values: readonly number[]): number[] {
  let at = from;
  while (at + 4 <= to && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
  if (at + 4 > to) return [...values];
  const end = Math.min(to, at + 4 + view.getUint16(at + 2, true));
  at += 4;
  return values.map((value) => {
    if (value !== 0xffff_ffff || at + 8 > end) return value;
    at += 8;
    return Number(view.getBigUint64(at - 8, true));
  });
}

/** Where the directory lies and how many files it lists; of more than 65,534 files, a second record tells. */
function directoryOf(view: DataView, end: number): { count: number; at: number; end: number } {
  const count = view.getUint16(end + 10, true);
  const at = view.getUint32(end + 16, true);
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== 0x07064b50) return { count, at, end };
  const record = Number(view.getBigUint64(locator + 8, true));
  if (record + 56 > view.byteLength || view.getUint32(record, true) !== 0x06064b50) {
    refuse('the list of files in the zip file is damaged');
  }
  return {
    count: Number(view.getBigUint64(record + 32, true)),
    at: Number(view.getBigUint64(record + 48, true)),
    end: record,
  };
}

/** An entry that shares bytes with another: so can a small file be unpacked a thousand times. */
function overlap(entries: readonly Entry[]): Entry | undefined {
  const inPlace = [...entries].sort((a, b) => a.localAt - b.localAt);
  return inPlace.find((entry, index) => {
    const before = inPlace[index - 1];
    return before && before.localAt + LOCAL_BYTES + before.packedBytes > entry.localAt;
  });
}

/** The first `count` bytes of a file; all of them are held against length and checksum. */
async function contentOf(
  bytes: Uint8Array,
  entry: Entry,
  count: number,
  pause: () => Promise<void>,
): Promise<Uint8Array> {
  const { localAt, packedBytes, method, crc, sizeBytes } = entry;
  if (entry.encrypted) refuse('it is locked with a password; unpack the zip file first');
  if (method !== STORED && method !== DEFLATED) refuse('it is packed in a way that is not known here');
  if (localAt + LOCAL_BYTES > bytes.length || asciiAt(bytes, localAt, 4) !== 'PK\x03\x04') {
    refuse('the zip file is damaged: it is not where its list says');
  }
  const view = viewOf(bytes);
  const start =
    localAt + LOCAL_BYTES + view.getUint16(localAt + 26, true) + view.getUint16(localAt + 28, true);
  if (start + packedBytes > bytes.length) refuse('the zip file is cut off inside it');
  const packed = bytes.subarray(start, start + packedBytes);
  const isDamaged = method === STORED ? packedBytes !== sizeBytes : sizeBytes > DEFLATE_RATIO * packedBytes;
  if (isDamaged) refuse('it is damaged: the zip file is too small for its size');
  const wanted = Math.min(count, sizeBytes);
  const content = method === STORED ? packed : await inflated(packed, wanted, sizeBytes, pause);
  if (wanted < sizeBytes) return content.subarray(0, wanted);
  if (content.length !== sizeBytes || crc32(content) !== crc) refuse('it is damaged in the zip file');
  return content;
}

/** Unpacks until there are `wanted` bytes, or more than `size`. */
async function inflated(
  packed: Uint8Array,
  wanted: number,
  size: number,
  pause: () => Promise<void>,
): Promise<Uint8Array> {
  const content = new Gathered();
  content.reserve(wanted);
  const stream = new Inflate((piece) => {
    content.append(
      piece.length + content.length > size ? piece.subarray(0, size + 1 - content.length) : piece,
    );
  });
  try {
    const isEnough = () => content.length > size || (wanted < size && content.length >= wanted);
    for (let at = 0; at < packed.length && !isEnough(); at += PIECE) {
      stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
      await pause();
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('bad-file', 'it is damaged in the zip file', { cause });
  }
  return content.whole();
}
