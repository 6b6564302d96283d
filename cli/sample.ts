// `sample`: what a model makes up, or makes of a beginning: text, a sheet of pictures, or a sound.

import type { Weights } from '../src/checkpoint/weights.ts';
import { samplesOf } from '../src/data/audio/mulaw.ts';
import { spectrogramOf } from '../src/data/audio/spectrogram.ts';
import { writeWav } from '../src/data/audio/wav-write.ts';
import { joined } from '../src/data/bytes.ts';
import { writePng } from '../src/data/image/png-write.ts';
import { sheetOf } from '../src/data/image/sheet.ts';
import { type Medium, mediumWords } from '../src/data/medium.ts';
import { openFiles } from '../src/data/open/open.ts';
import { optionsFor } from '../src/data/open/options.ts';
import { Failure } from '../src/lib/errors.ts';
import type { SamplerSettings } from '../src/model/engine.ts';
import { generate } from '../src/sample/generate.ts';
import { generatePictures } from '../src/sample/pictures.ts';
import { Arguments } from './arguments.ts';
import { checkKind } from './data.ts';
import { filesAt, writeBytes } from './files.ts';
import { openModel, readWeights } from './model.ts';
import type { Output } from './output.ts';

const MAX_LENGTH = 2 ** 26;
const MAX_SAMPLES = 1024;
const SHAPE = { microBatch: 1, accumulation: 1, recompute: true };

export const sampleOptions = {
  weights: 'value',
  kind: 'value',
  seed: 'value',
  length: 'value',
  seconds: 'value',
  samples: 'value',
  prompt: 'value',
  'keep-rows': 'value',
  spectrogram: 'value',
  temperature: 'value',
  'top-k': 'value',
  'top-p': 'value',
  out: 'value',
  engine: 'value',
  json: 'flag',
} as const;

/** Options that mean something for one kind of data alone. */
const OF_KIND: Readonly<Record<Medium['kind'], readonly string[]>> = {
  text: ['length'],
  image: ['samples', 'keep-rows'],
  audio: ['length', 'seconds', 'spectrogram'],
};

type Settings = Omit<SamplerSettings, 'samples' | 'prompt'>;

/** Draws from a model, to a file or, text, to standard output. */
export async function runSample(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, sampleOptions);
  const weights = await readWeights(given.required('weights'));
  const { medium } = weights;
  checkKind(given, medium);
  const foreign = given.foreignTo(medium.kind, OF_KIND);
  if (foreign !== undefined) {
    throw new Failure(
      'bad-input',
      `--${foreign} says nothing to this model, which makes ${mediumWords(medium)}.`,
    );
  }
  const settings: Settings = {
    seed: given.count('seed', 1, 0, 2 ** 32 - 1),
    temperature: given.number('temperature', 1, 0, 100),
    topK: given.count('top-k', 0, 0, 256),
    topP: given.number('top-p', 1, 1e-6, 1),
  };
  if (medium.kind === 'image') return samplePictures(given, output, weights, medium, settings);
  if (medium.kind === 'audio') return sampleSound(given, output, weights, medium, settings);
  return sampleText(given, output, weights, settings);
}

const nothing = new Uint8Array();

async function sampleText(
  given: Arguments,
  output: Output,
  weights: Weights,
  settings: Settings,
): Promise<number> {
  const length = given.requiredCount('length', 1, MAX_LENGTH);
  const prompt = new TextEncoder().encode(given.text('prompt') ?? '');
  const out = given.text('out');
  const engine = await openModel(weights, given, SHAPE, output);
  const start = performance.now();
  const pieces: Uint8Array[] = [];
  for await (const [piece = nothing] of generate(engine, { ...settings, samples: 1, length, prompt })) {
    pieces.push(piece);
    if (!out && !output.json) output.write(piece);
  }
  const bytes = joined(pieces);
  const bytesPerSecond = speed(bytes.length, start);
  if (out) await saved(out, bytes, bytes.length, bytesPerSecond, output);
  else if (output.json) {
    output.print({ bytes: bytes.length, bytesPerSecond, text: new TextDecoder().decode(bytes) }, '');
  } else if (process.stdout.isTTY) output.write('\n');
  return 0;
}

async function samplePictures(
  given: Arguments,
  output: Output,
  weights: Weights,
  medium: Medium & { kind: 'image' },
  settings: Settings,
): Promise<number> {
  const out = outFile(given, 'PNG');
  const samples = given.count('samples', 1, 1, MAX_SAMPLES);
  const prompt = await rowsToKeep(given, medium);
  const engine = await openModel(weights, given, SHAPE, output);
  const start = performance.now();
  const pictures = await generatePictures(engine, {
    ...settings,
    ...{ samples, prompt },
    onProgress: (share) => output.share(share),
  });
  const drawn = samples * (engine.config.contextLength - prompt.length);
  await saved(out, writePng(sheetOf(pictures, medium)), drawn, speed(drawn, start), output);
  return 0;
}

/** The bytes of the rows of --prompt that stay: half of them, if --keep-rows does not say. */
async function rowsToKeep(given: Arguments, medium: Medium & { kind: 'image' }): Promise<Uint8Array> {
  const { height, width, channels } = medium;
  const rows = given.count('keep-rows', Math.floor(height / 2), 0, height - 1);
  if (!given.has('prompt')) {
    if (given.has('keep-rows'))
      throw new Failure('bad-input', '--keep-rows needs a picture: give it with --prompt.');
    return new Uint8Array();
  }
  return (await promptBytes(given, medium)).subarray(0, rows * width * channels);
}

async function sampleSound(
  given: Arguments,
  output: Output,
  weights: Weights,
  medium: Medium & { kind: 'audio' },
  settings: Settings,
): Promise<number> {
  const out = outFile(given, 'WAV');
  const length = soundLength(given, medium.rateHz);
  const prompt = given.has('prompt') ? await promptBytes(given, medium) : new Uint8Array();
  const engine = await openModel(weights, given, SHAPE, output);
  const start = performance.now();
  const pieces = [prompt];
  let drawn = 0;
  for await (const [piece = nothing] of generate(engine, { ...settings, samples: 1, length, prompt })) {
    pieces.push(piece);
    drawn += piece.length;
    output.share(drawn / length);
  }
  const bytesPerSecond = speed(drawn, start);
  const sound = joined(pieces);
  const spectrogram = given.text('spectrogram');
  if (spectrogram !== undefined) {
    await writeBytes(spectrogram, writePng(spectrogramOf(samplesOf(sound))));
  }
  await saved(out, writeWav(sound, medium.rateHz), drawn, bytesPerSecond, output);
  return 0;
}

/** Samples to draw, from --seconds or --length. */
function soundLength(given: Arguments, rateHz: number): number {
  if (given.has('seconds') && given.has('length')) {
    throw new Failure('bad-input', '--seconds and --length exclude each other.');
  }
  if (given.has('length')) return given.requiredCount('length', 1, MAX_LENGTH);
  given.required('seconds');
  return Math.ceil(given.number('seconds', 1, 1 / rateHz, MAX_LENGTH / rateHz) * rateHz);
}

/** The file of --prompt as the model reads it. */
async function promptBytes(given: Arguments, medium: Medium): Promise<Uint8Array> {
  const path = given.required('prompt');
  const content = await filesAt(path);
  if (!('size' in content)) throw new Failure('bad-input', `${path} is a folder. Give --prompt one file.`);
  const file = { name: path, content };
  return (await openFiles([file], { ...optionsFor(medium), maxItems: 1 })).bytes;
}

function outFile(given: Arguments, format: string): string {
  const out = given.text('out');
  if (out === undefined)
    throw new Failure('bad-input', `--out is missing: name the ${format} file to write.`);
  return out;
}

const speed = (bytes: number, startMs: number) =>
  (1000 * bytes) / Math.max(performance.now() - startMs, 1e-3);

/** Writes the file and prints what was drawn. */
async function saved(
  out: string,
  file: Uint8Array,
  bytes: number,
  bytesPerSecond: number,
  output: Output,
): Promise<void> {
  await writeBytes(out, file);
  output.print(
    { bytes, bytesPerSecond, out },
    `${bytes} bytes in ${out}, ${bytesPerSecond.toFixed(0)} a second`,
  );
}
