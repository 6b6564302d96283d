// `make`: the data that the page makes itself, as a file: letters, pictures of houses or plucked tunes, as much as wanted.

import { builtinAudioFile } from '../src/data/builtin-audio.ts';
import { builtinImagesFile } from '../src/data/builtin-images.ts';
import { builtinText } from '../src/data/builtin-text.ts';
import { DEFAULT_RATE_HZ, MAX_RATE_HZ, MAX_SIDE, type MediumKind, MIN_RATE_HZ } from '../src/data/medium.ts';
import { Failure } from '../src/lib/errors.ts';
import { Arguments } from './arguments.ts';
import { writeBytes } from './files.ts';
import type { Output } from './output.ts';

export const makeOptions = {
  kind: 'value',
  out: 'value',
  seed: 'value',
  bytes: 'value',
  pictures: 'value',
  size: 'value',
  channels: 'value',
  seconds: 'value',
  rate: 'value',
  json: 'flag',
} as const;

/** Options that mean something for one kind of data alone. */
const OF_KIND: Readonly<Record<MediumKind, readonly string[]>> = {
  text: ['bytes'],
  image: ['pictures', 'size', 'channels'],
  audio: ['seconds', 'rate'],
};

/** What a text file holds at most, and about what a file of pictures or sound does. */
const MAX_BYTES = 2 ** 28;

export async function runMake(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, makeOptions);
  const kind = given.choice<MediumKind>('kind', ['text', 'image', 'audio'], 'text');
  const out = given.required('out');
  const foreign = given.foreignTo(kind, OF_KIND);
  if (foreign !== undefined)
    throw new Failure('bad-input', `--${foreign} says nothing about --kind ${kind}.`);
  const seed = given.count('seed', 1, 0, 2 ** 32 - 1);
  const bytes = await made(kind, given, seed);
  await writeBytes(out, bytes);
  output.print(
    { out, kind, seed, sizeBytes: bytes.length },
    `${out}: ${bytes.length.toLocaleString('en')} bytes`,
  );
  return 0;
}

async function made(kind: MediumKind, given: Arguments, seed: number): Promise<Uint8Array> {
  if (kind === 'text') {
    return new TextEncoder().encode(builtinText(given.count('bytes', 200_000, 1, MAX_BYTES), seed));
  }
  const file = kind === 'audio' ? sound(given, seed) : pictures(given, seed);
  return new Uint8Array(await file.arrayBuffer());
}

function sound(given: Arguments, seed: number): File {
  const seconds = given.number('seconds', 120, 0.01, 7200);
  const rateHz = given.count('rate', DEFAULT_RATE_HZ, MIN_RATE_HZ, MAX_RATE_HZ);
  checkSize(`--seconds ${seconds} at this rate`, Math.ceil(seconds * rateHz));
  return builtinAudioFile(seconds, rateHz, seed);
}

function pictures(given: Arguments, seed: number): File {
  const count = given.count('pictures', 2000, 1, 1e6);
  const size = given.count('size', 16, 8, MAX_SIDE);
  const channels = given.choice('channels', ['1', '3'], '3') === '1' ? 1 : 3;
  checkSize(`--pictures ${count} of this size`, count * size * size * channels);
  return builtinImagesFile(count, size, channels, seed);
}

function checkSize(what: string, sizeBytes: number): void {
  if (sizeBytes <= MAX_BYTES) return;
  throw new Failure(
    'bad-input',
    `${what} are ${sizeBytes.toLocaleString('en')} bytes; at most ${MAX_BYTES.toLocaleString('en')} are made.`,
  );
}
