// The data of a command: a file or a folder, and how it is read.

import { basename, resolve } from 'node:path';
import { byReason, type Dataset, type Skipped } from '../src/data/dataset.ts';
import {
  MAX_RATE_HZ,
  MAX_SIDE,
  type Medium,
  type MediumKind,
  MIN_RATE_HZ,
  mediumWords,
} from '../src/data/medium.ts';
import { plainName } from '../src/data/open/names.ts';
import { openFiles } from '../src/data/open/open.ts';
import { type OpenOptions, optionsFor, type SourceFile } from '../src/data/open/options.ts';
import { Failure } from '../src/lib/errors.ts';
import type { Arguments } from './arguments.ts';
import { filesAt } from './files.ts';
import type { Output } from './output.ts';

export const dataOptions = {
  data: 'value',
  kind: 'value',
  size: 'value',
  channels: 'value',
  rate: 'value',
  'max-items': 'value',
} as const;

const KINDS: readonly MediumKind[] = ['text', 'image', 'audio'];

/** Opens what --data names: as a model of `medium` needs it, or, where none is given, as the other options say. */
export async function openData(given: Arguments, output: Output, medium?: Medium): Promise<Dataset> {
  const path = given.required('data');
  const options = medium ? fixedOptions(given, medium) : chosenOptions(given);
  const maxItems = given.count('max-items', undefined, 1, 1e9);
  const { files, others } = await sources(path);
  const dataset = await openFiles(files, {
    ...options,
    ...(maxItems !== undefined && { maxItems }),
    onProgress: (share) => output.share(share),
  });
  for (const words of leftOut([...others, ...dataset.skipped], others.length + dataset.skippedCount)) {
    output.note(words);
  }
  return dataset;
}

/** The files that a path names: itself, or all below it; and what else lies there. */
async function sources(path: string): Promise<{ files: SourceFile[]; others: Skipped[] }> {
  const found = await filesAt(path);
  if ('size' in found) return { files: [{ name: basename(path), content: found }], others: [] };
  if (found.files.length === 0) throw new Failure('bad-file', `${path} holds no files.`);
  const folder = basename(resolve(path));
  const inFolder = <T extends { readonly name: string }>(file: T) => ({
    ...file,
    name: `${folder}/${file.name}`,
  });
  return {
    files: found.files.map(inFolder),
    others: found.others.map(inFolder).map(({ name, reason }) => ({ name: plainName(name), reason })),
  };
}

/** Most reasons and files of each that are told. */
const TOLD_REASONS = 20;
const TOLD_FILES = 3;

/** A line for each reason why files were left out, the most frequent first. */
function leftOut(skipped: readonly Skipped[], count: number): string[] {
  if (count === 0) return [];
  const reasons = byReason(skipped);
  const lines = reasons.slice(0, TOLD_REASONS).map(([reason, names]) => {
    const told = names.slice(0, TOLD_FILES).join(', ');
    const more =
      names.length > TOLD_FILES ? ` and ${(names.length - TOLD_FILES).toLocaleString('en')} more` : '';
    return `Left out: ${told}${more} (${reason}).`;
  });
  const told = reasons.slice(0, TOLD_REASONS).reduce((sum, [, names]) => sum + names.length, 0);
  const rest = (count - told).toLocaleString('en');
  return count > told ? [...lines, `Left out: ${rest} more files.`] : lines;
}

function chosenOptions(given: Arguments): OpenOptions {
  const kind = given.choice<MediumKind | 'auto'>('kind', [...KINDS, 'auto'], 'auto');
  const size = given.count('size', undefined, 1, MAX_SIDE);
  const channels = channelsOf(given);
  const rateHz = given.count('rate', undefined, MIN_RATE_HZ, MAX_RATE_HZ);
  refuseForeign(given, kind);
  return {
    kind,
    ...(size !== undefined && { size }),
    ...(channels !== undefined && { channels }),
    ...(rateHz !== undefined && { rateHz }),
  };
}

const channelsOf = (given: Arguments): 1 | 3 | undefined =>
  given.has('channels') ? (Number(given.choice('channels', ['1', '3'], '3')) as 1 | 3) : undefined;

/** Options of another kind of data would be ignored in silence. */
function refuseForeign(given: Arguments, kind: MediumKind | 'auto'): void {
  const foreign = [
    ...(kind === 'image' || kind === 'auto' ? [] : ['size', 'channels']),
    ...(kind === 'audio' || kind === 'auto' ? [] : ['rate']),
  ].find((name) => given.has(name));
  if (foreign === undefined) return;
  throw new Failure('bad-input', `--${foreign} says nothing about data of --kind ${kind}. Leave it out.`);
}

/** The options that a model's medium leaves no choice about; what was given must agree. */
function fixedOptions(given: Arguments, medium: Medium): OpenOptions {
  checkKind(given, medium);
  const options = chosenOptions(given);
  const fixed = optionsFor(medium);
  const agrees =
    medium.kind === 'text' ||
    (medium.kind === 'audio'
      ? (options.rateHz ?? medium.rateHz) === medium.rateHz
      : (options.size ?? medium.height) === medium.height &&
        (options.size ?? medium.width) === medium.width &&
        (options.channels ?? medium.channels) === medium.channels);
  if (agrees) return fixed;
  throw new Failure(
    'bad-input',
    `The model reads ${mediumWords(medium)}. Leave --size, --channels and --rate out.`,
  );
}

/** Throws a `Failure` when --kind is another than the model's. */
export function checkKind(given: Arguments, medium: Medium): void {
  const kind = given.choice<MediumKind | 'auto'>('kind', [...KINDS, 'auto'], medium.kind);
  if (kind === medium.kind || kind === 'auto') return;
  throw new Failure('bad-input', `The model reads ${mediumWords(medium)}; --kind ${kind} does not fit it.`);
}
