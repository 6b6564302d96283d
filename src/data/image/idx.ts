// IDX, the format of MNIST: two zeros, the type of the numbers, how many dimensions, their sizes (big endian), and
// the numbers. Pictures are bytes of three dimensions, [N, H, W], or four, [N, H, W, C].

import { Failure } from '../../lib/errors.ts';
import { viewOf } from '../bytes.ts';
import { interleaved, type PictureSource } from './pixels.ts';

const UNSIGNED_BYTES = 8;
/** The types of numbers that are not read. */
const OTHER_TYPES: ReadonlyMap<number, string> = new Map([
  [0x09, 'signed bytes'],
  [0x0b, '16-bit integers'],
  [0x0c, '32-bit integers'],
  [0x0d, '32-bit floating point'],
  [0x0e, '64-bit floating point'],
]);

/** Whether bytes begin as an IDX file does. */
export function isIdx(bytes: Uint8Array): boolean {
  const [first, second, type = 0, dimensions = 0] = bytes;
  if (first !== 0 || second !== 0 || dimensions < 1 || dimensions > 4) return false;
  return type === UNSIGNED_BYTES || OTHER_TYPES.has(type);
}

/** The pictures of an IDX file. Throws a `Failure` 'bad-file'. */
export function readIdx(bytes: Uint8Array): PictureSource {
  if (!isIdx(bytes)) throw new Failure('bad-file', 'the file is no IDX file');
  const type = OTHER_TYPES.get(bytes[2]!);
  if (type !== undefined) {
    throw new Failure('bad-file', `the IDX file holds ${type}; pictures are unsigned bytes, from 0 to 255`);
  }
  const dimensions = bytes[3]!;
  const start = 4 + 4 * dimensions;
  if (bytes.length < start) throw new Failure('bad-file', 'the IDX file ends inside its header');
  const view = viewOf(bytes);
  const sizes = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index));
  if (dimensions === 1) throw new Failure('bad-file', 'the IDX file holds labels, not pictures');
  if (dimensions < 3) throw new Failure('bad-file', 'the IDX file holds a table, not pictures');
  const [count = 0, height = 0, width = 0, channels = 1] = sizes;
  const words = sizes.map((size) => size.toLocaleString('en')).join(' x ');
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new Failure(
      'bad-file',
      `the IDX file holds pictures of ${channels} channels (${words}), not 1, 3 or 4`,
    );
  }
  const needed = sizes.reduce((product, size) => product * size, 1);
  if (needed === 0) throw new Failure('bad-file', `the IDX file holds no pictures (${words})`);
  if (needed !== bytes.length - start) {
    const found = (bytes.length - start).toLocaleString('en');
    throw new Failure(
      'bad-file',
      `the IDX file should hold ${words} bytes behind its header, but holds ${found}`,
    );
  }
  return interleaved(bytes, start, { count, height, width, channels });
}

/** An IDX file of pictures [count, height, width, channels], or [count, height, width] in grey. */
export function writeIdx(
  bytes: Uint8Array,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: 1 | 3 },
): Uint8Array<ArrayBuffer> {
  const sizes = [bytes.length / (height * width * channels), height, width];
  if (channels > 1) sizes.push(channels);
  const start = 4 + 4 * sizes.length;
  const file = new Uint8Array(start + bytes.length);
  file.set([0, 0, UNSIGNED_BYTES, sizes.length]);
  for (const [index, size] of sizes.entries()) viewOf(file).setUint32(4 + 4 * index, size);
  file.set(bytes, start);
  return file;
}
