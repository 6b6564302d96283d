// Commands that use a trained model: `eval` and `sample`.

import { basename } from 'node:path';
import { decodeWeights } from '../src/checkpoint/weights.ts';
import { PARTS, type Part, splitParts } from '../src/data/split.ts';
import { Failure } from '../src/lib/errors.ts';
import type { Engine, EngineShape } from '../src/model/engine.ts';
import { freshSnapshot } from '../src/model/snapshot.ts';
import { generate } from '../src/sample/generate.ts';
import { evaluate } from '../src/train/evaluate.ts';
import { Arguments } from './arguments.ts';
import { type EngineKind, openEngines } from './engines.ts';
import { readBytes, readData, writeBytes } from './files.ts';
import type { Output } from './output.ts';

const MAX_LENGTH = 2 ** 26;
/** Windows that are scored together. */
const EVALUATION_SHAPE: EngineShape = { microBatch: 8, accumulation: 1, recompute: true };
const SAMPLING_SHAPE: EngineShape = { microBatch: 1, accumulation: 1, recompute: true };

export const evalOptions = {
  weights: 'value',
  data: 'value',
  'min-context': 'value',
  part: 'value',
  engine: 'value',
  json: 'flag',
} as const;

export const sampleOptions = {
  weights: 'value',
  seed: 'value',
  length: 'value',
  prompt: 'value',
  temperature: 'value',
  'top-k': 'value',
  'top-p': 'value',
  out: 'value',
  engine: 'value',
  json: 'flag',
} as const;

/** An engine that holds the model of a file of weights. */
async function openModel(
  path: string,
  given: Arguments,
  shape: EngineShape,
  output: Output,
): Promise<Engine> {
  const file = await readBytes(path);
  let weights: ReturnType<typeof decodeWeights>;
  try {
    weights = decodeWeights(file);
  } catch (cause) {
    throw new Failure('bad-file', `${path}: ${(cause as Error).message}`, { cause });
  }
  const kind = given.choice<EngineKind>('engine', ['webgpu', 'reference'], 'webgpu');
  const engines = await openEngines(kind, (words) => output.note(words));
  const engine = await engines.create(weights.config, shape);
  engine.writeState(freshSnapshot(engine.layout, 0, weights.parameters).state);
  return engine;
}

/** Prints the bits per byte of a file, or of a part of it, under a model. */
export async function runEval(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, evalOptions);
  const weightsPath = given.required('weights');
  const dataPath = given.required('data');
  const part = given.choice<Part | 'all'>('part', [...PARTS, 'all'], 'all');
  const file = await readData(dataPath);
  const engine = await openModel(weightsPath, given, EVALUATION_SHAPE, output);
  const { contextLength } = engine.config;
  const minContext = given.count('min-context', 0, 0, contextLength - 1);
  if (file.length < contextLength) {
    throw new Failure(
      'bad-file',
      `${dataPath} has ${file.length} bytes; the model's context is ${contextLength}. Choose a longer file.`,
    );
  }
  const bytes = part === 'all' ? file : splitParts(file)[part];
  const result = await evaluate(engine, bytes, {
    minContext,
    onProgress: (share) => {
      if (process.stderr.isTTY)
        process.stderr.write(share < 1 ? `\r${Math.floor(100 * share)}%` : '\r    \r');
    },
  });
  if (!result) throw new Error('the evaluation ended early');
  const { bitsPerByte, scoredBytes } = result;
  output.print(
    { bitsPerByte, scoredBytes, part, minContext, contextLength },
    `${bitsPerByte.toFixed(4)} bits per byte over ${scoredBytes.toLocaleString('en')} bytes (${basename(dataPath)}, ${part})`,
  );
  return 0;
}

/** Draws bytes from a model, to a file or to standard output. */
export async function runSample(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, sampleOptions);
  const weightsPath = given.required('weights');
  const settings = {
    seed: given.count('seed', 1, 0, 2 ** 32 - 1),
    length: given.requiredCount('length', 1, MAX_LENGTH),
    prompt: new TextEncoder().encode(given.text('prompt') ?? ''),
    temperature: given.number('temperature', 1, 0, 100),
    topK: given.count('top-k', 0, 0, 256),
    topP: given.number('top-p', 1, 1e-6, 1),
  };
  const out = given.text('out');
  const engine = await openModel(weightsPath, given, SAMPLING_SHAPE, output);
  const start = performance.now();
  const bytes = new Uint8Array(settings.length);
  let drawn = 0;
  for await (const [piece] of generate(engine, { ...settings, samples: 1 })) {
    if (!piece) break;
    bytes.set(piece, drawn);
    drawn += piece.length;
    if (!out && !output.json) output.write(piece);
  }
  const bytesPerSecond = (1000 * drawn) / (performance.now() - start);
  if (out) {
    await writeBytes(out, bytes);
    output.print(
      { bytes: drawn, bytesPerSecond, out },
      `${drawn} bytes in ${out}, ${bytesPerSecond.toFixed(0)} a second`,
    );
  } else if (output.json) {
    output.print({ bytes: drawn, bytesPerSecond, text: new TextDecoder().decode(bytes) }, '');
  } else if (process.stdout.isTTY) {
    output.write('\n');
  }
  return 0;
}
