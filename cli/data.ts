// The data of a command: a file or a folder, and how it is read.

import { basename, join, resolve } from 'node:path';
import type { Dataset } from '../src/data/dataset.ts';
import {
  MAX_RATE_HZ,
  MAX_SIDE,
  type Medium,
  type MediumKind,
  MIN_RATE_HZ,
  mediumWords,
} from '../src/data/medium.ts';
import { openFiles } from '../src/data/open/open.ts';
import { type OpenOptions, optionsFor, type SourceFile } from '../src/data/open/options.ts';
import { Failure } from '../src/lib/errors.ts';
import type { Arguments } from './arguments.ts';
import { filesBelow, readable } from './files.ts';
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
  const dataset = await openFiles(await sources(path), {
    ...options,
    ...(maxItems !== undefined && { maxItems }),
    onProgress: (share) => output.share(share),
  });
  const [first] = dataset.skipped;
  if (first) {
    const count = dataset.skipped.length;
    const others = count > 1 ? `, and ${count - 1} more` : '';
    output.note(`Left out: ${first.name} (${first.reason})${others}.`);
  }
  return dataset;
}

/** The files that a path names: itself, or all below it. */
async function sources(path: string): Promise<SourceFile[]> {
  const below = await filesBelow(path);
  if (!below) return [{ name: basename(path), content: await readable(path) }];
  if (below.length === 0) throw new Failure('bad-file', `${path} holds no files.`);
  const folder = basename(resolve(path));
  const files: SourceFile[] = [];
  for (const name of below) {
    files.push({ name: `${folder}/${name}`, content: await readable(join(path, name)) });
  }
  return files;
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
