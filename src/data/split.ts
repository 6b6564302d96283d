// How a file is divided into training, validation and test bytes: by its order, as enwik8 is by everyone.

import { Failure } from '../lib/errors.ts';

export type Part = 'train' | 'val' | 'test';

export const PARTS: readonly Part[] = ['train', 'val', 'test'];

/**
 * The first 90%, the next 5% and the last 5% of the bytes, as views: together they are the whole. Cut between items
 * of `itemBytes` bytes.
 */
export function splitParts(bytes: Uint8Array, itemBytes = 1): Readonly<Record<Part, Uint8Array>> {
  const items = bytes.length / itemBytes;
  const trainEnd = Math.floor((items * 18) / 20) * itemBytes;
  const valEnd = Math.floor((items * 19) / 20) * itemBytes;
  return {
    train: bytes.subarray(0, trainEnd),
    val: bytes.subarray(trainEnd, valEnd),
    test: bytes.subarray(valEnd),
  };
}

/** Fewest items of which each part gets one. */
const FEWEST_ITEMS = 20;

/**
 * Fewest bytes whose training part holds one window and whose held-out part holds an item: a byte, or a picture that
 * is a window.
 */
export function smallestTrainable(contextLength: number, itemBytes = 1): number {
  return Math.max(FEWEST_ITEMS * itemBytes, Math.ceil((contextLength * 20) / 18));
}

/** Throws a `Failure` unless a model of this context length can train on so many bytes. */
export function checkTrainable(sizeBytes: number, contextLength: number, itemBytes = 1): void {
  const needed = smallestTrainable(contextLength, itemBytes);
  if (sizeBytes >= needed) return;
  if (itemBytes > 1) {
    const pictures = Math.floor(sizeBytes / itemBytes);
    throw new Failure(
      'bad-file',
      `${pictures === 1 ? 'There is 1 picture' : `There are ${pictures} pictures`}; training needs at least ` +
        `${FEWEST_ITEMS}, since a part of them is held out. Choose more.`,
    );
  }
  throw new Failure(
    'bad-file',
    `This file has ${sizeBytes.toLocaleString('en')} bytes; training with a context of ` +
      `${contextLength.toLocaleString('en')} needs at least ${needed.toLocaleString('en')}. ` +
      'Choose a longer file or a shorter context.',
  );
}
