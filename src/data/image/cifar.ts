// The binary files of CIFAR-10 and CIFAR-100: one or two label bytes, then 32 x 32 pixels of red, of green, of blue.

import { Failure } from '../../lib/errors.ts';
import { type PictureSource, planar } from './pixels.ts';

const SIDE = 32;
const PICTURE = SIDE * SIDE * 3;
/** For each label byte of a record: how many labels there are. */
const KINDS: readonly (readonly number[])[] = [[10], [20, 100]];

/**
 * How many label bytes each record has of a file of `sizeBytes` bytes that begins with `head`; undefined where it is
 * no such file: they have no signature.
 */
function labelBytes(head: Uint8Array, sizeBytes: number): number | undefined {
  return KINDS.find((labels) => {
    const record = labels.length + PICTURE;
    if (sizeBytes === 0 || sizeBytes % record !== 0) return false;
    for (let at = 0; at < head.length; at += record) {
      if (labels.some((count, label) => (head[at + label] ?? 0) >= count)) return false;
    }
    return true;
  })?.length;
}

/** Whether a file of `sizeBytes` bytes that begins with `head` can be one of CIFAR. */
export const mayBeCifar = (head: Uint8Array, sizeBytes: number): boolean =>
  labelBytes(head, sizeBytes) !== undefined;

/** The pictures of a CIFAR file. Throws a `Failure` 'bad-file' where number or labels do not fit. */
export function readCifar(bytes: Uint8Array): PictureSource {
  const labels = labelBytes(bytes, bytes.length);
  if (labels === undefined) throw new Failure('bad-file', 'the file is no binary file of CIFAR');
  const record = labels + PICTURE;
  const shape = { count: bytes.length / record, width: SIDE, height: SIDE, channels: 3 } as const;
  return planar(bytes, labels, shape, record);
}
