// What to measure, read from a command's arguments: the same ones in Node and for the browser.

import type { Arguments, OptionKind } from '../cli/arguments.ts';
import { readBytes } from '../cli/files.ts';
import type { BenchSettings } from '../src/measure/bench.ts';
import { GROUPS } from '../src/measure/rows.ts';
import { builtinBytes } from '../src/measure/training.ts';

export const settingsOptions = {
  only: 'value',
  length: 'value',
  stride: 'value',
  model: 'value',
  profile: 'flag',
  data: 'value',
} as const satisfies Readonly<Record<string, OptionKind>>;

export const settingsHelp = `[--only ${GROUPS.join('|')}, or several with commas]
        [--length N,M,...] [--stride L] [--model T1] [--profile] [--data FILE]`;

const LONGEST = 2 ** 20;
/** As much of a file as the measurements of other engines read. */
const DATA_BYTES = 2 ** 20;

export async function readSettings(given: Arguments): Promise<BenchSettings> {
  const file = given.text('data');
  return {
    groups: given.choices('only', GROUPS) ?? GROUPS,
    lengths: given.counts('length', 16, LONGEST),
    stride: given.count('stride', undefined, 4, LONGEST),
    model: given.text('model') ?? '',
    profile: given.flag('profile'),
    data: file === undefined ? builtinBytes(DATA_BYTES) : (await readBytes(file)).subarray(0, DATA_BYTES),
  };
}
