// The binary files of CIFAR-10 and CIFAR-100: one or two label bytes, then 32 x 32 pixels of red, of green, of blue.

import { type PictureSource, planar } from './pixels.ts';

const SIDE = 32;
const PICTURE = SIDE * SIDE * 3;
/** For each label byte of a record: how many labels there are. */
const KINDS: readonly (readonly number[])[] = [[10], [20, 100]];

/** How many label bytes a file's records have; undefined where it is no such file, which has no signature. */
function labelBytes(bytes: Uint8Array): number | undefined {
  return KINDS.find((labels) => {
    const record = labels.length + PICTURE;
    if (bytes.length === 0 || bytes.length % record !== 0) return false;
    for (let at = 0; at < bytes.length; at += record) {
      if (labels.some((count, label) => bytes[at + label]! >= count)) return false;
    }
    return true;
  })?.length;
}

/** The pictures of a CIFAR file; undefined where the bytes are none: their number or their labels do not fit. */
export function readCifar(bytes: Uint8Array): PictureSource | undefined {
  const labels = labelBytes(bytes);
  if (labels === undefined) return undefined;
  const record = labels + PICTURE;
  const shape = { count: bytes.length / record, width: SIDE, height: SIDE, channels: 3 } as const;
  return planar(bytes, labels, shape, record);
}
