// What training reads: the bytes of one or many files, all of one medium.

import { itemBytes, type Medium } from './medium.ts';
import { type Part, splitParts } from './split.ts';

export interface Dataset {
  readonly name: string;
  readonly medium: Medium;
  readonly bytes: Uint8Array;
  /** Pictures, or files of text or sound. */
  readonly items: number;
  /** What of the files given is not in it, and why: of very many, the first. */
  readonly skipped: readonly Skipped[];
  /** How many are not in it. */
  readonly skippedCount: number;
}

export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

/** Reasons, the most frequent first, each with the names of the files that were left out for it. */
export function byReason(skipped: readonly Skipped[]): [reason: string, names: string[]][] {
  const found = new Map<string, string[]>();
  for (const { name, reason } of skipped) {
    const names = found.get(reason);
    if (names) names.push(name);
    else found.set(reason, [name]);
  }
  return [...found].sort(([, a], [, b]) => b.length - a.length);
}

/** The first 90%, the next 5% and the last 5% of the bytes, no picture cut: together they are the whole. */
export function splitDataset({ bytes, medium }: Pick<Dataset, 'bytes' | 'medium'>): Record<Part, Uint8Array> {
  return splitParts(bytes, itemBytes(medium));
}
