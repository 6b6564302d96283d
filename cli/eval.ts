// `eval`: how well a model predicts data.

import { splitDataset } from '../src/data/dataset.ts';
import { PARTS, type Part } from '../src/data/split.ts';
import { Failure } from '../src/lib/errors.ts';
import type { EngineShape } from '../src/model/engine.ts';
import { evaluate } from '../src/train/evaluate.ts';
import { Arguments } from './arguments.ts';
import { dataOptions, openData } from './data.ts';
import { openModel, readWeights } from './model.ts';
import type { Output } from './output.ts';

/** Windows that are scored together. */
const SHAPE: EngineShape = { microBatch: 8, accumulation: 1, recompute: true };

export const evalOptions = {
  weights: 'value',
  ...dataOptions,
  'min-context': 'value',
  part: 'value',
  engine: 'value',
  json: 'flag',
} as const;

/** Prints the bits per byte of data, or of a part of it, under a model. */
export async function runEval(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, evalOptions);
  const weights = await readWeights(given.required('weights'));
  given.required('data');
  const part = given.choice<Part | 'all'>('part', [...PARTS, 'all'], 'all');
  const { contextLength } = weights.config;
  const isImage = weights.medium.kind === 'image';
  if (isImage && given.has('min-context')) {
    throw new Failure(
      'bad-input',
      '--min-context is for text and sound: each picture is scored from its first byte.',
    );
  }
  const minContext = given.count('min-context', 0, 0, contextLength - 1);
  const dataset = await openData(given, output, weights.medium);
  if (dataset.bytes.length < contextLength) {
    throw new Failure(
      'bad-file',
      `${dataset.name} has ${dataset.bytes.length} bytes; the model's context is ${contextLength}. Choose a longer file.`,
    );
  }
  const bytes = part === 'all' ? dataset.bytes : splitDataset(dataset)[part];
  if (bytes.length === 0) {
    throw new Failure(
      'bad-file',
      `The part "${part}" of ${dataset.name} is empty. Choose more data, or --part all.`,
    );
  }
  const engine = await openModel(weights, given, SHAPE, output);
  const result = await evaluate(engine, bytes, { minContext, onProgress: (share) => output.share(share) });
  if (!result) throw new Error('the evaluation ended early');
  const { bitsPerByte, scoredBytes } = result;
  output.print(
    { bitsPerByte, scoredBytes, part, minContext, contextLength, medium: weights.medium },
    `${bitsPerByte.toFixed(4)} bits per byte over ${scoredBytes.toLocaleString('en')} bytes (${dataset.name}, ${part})`,
  );
  return 0;
}
