// Settings of a run from outside, checked field by field; those of its model, validate.ts checks.

import { itemBytes, type Medium, parseMedium, TEXT } from '../data/medium.ts';
import { Failure } from '../lib/errors.ts';
import type { Fields } from '../lib/fields.ts';
import {
  MAX_MINUTES,
  MAX_NAME,
  MAX_STEPS,
  type ModelConfig,
  PRECISIONS,
  type RunConfig,
  type TrainingConfig,
} from './config.ts';
import { checkConfig } from './validate.ts';

/** Reads a `RunConfig`. Throws an error 'bad-config' that names the setting. */
export function parseRunConfig(fields: Fields): RunConfig {
  const run: RunConfig = {
    name: fields.text('name', MAX_NAME),
    medium: parseMediumOf(fields),
    model: checkConfig(fields.value('model')),
    training: parseTrainingConfig(fields.object('training')),
  };
  fields.end();
  checkMedium(run.medium, run.model);
  return run;
}

/** The field `medium`; what was written before there were other media is text. */
export function parseMediumOf(fields: Fields): Medium {
  return fields.has('medium') ? parseMedium(fields.object('medium')) : TEXT;
}

/** Throws a `Failure` 'bad-config' where a model cannot read a medium. */
export function checkMedium(medium: Medium, model: ModelConfig): void {
  const problem = mediumProblem(medium, model);
  if (problem !== undefined) throw new Failure('bad-config', problem);
}

/** Why a model cannot read a medium, in a sentence. A window of pictures is exactly one picture. */
export function mediumProblem(medium: Medium, { contextLength, positions }: ModelConfig): string | undefined {
  if (medium.kind !== 'image') return undefined;
  const { height, width, channels } = medium;
  const bytes = itemBytes(medium);
  const picture = `a picture of ${width} x ${height} pixels and ${channels} ${channels === 1 ? 'channel' : 'channels'}`;
  if (contextLength !== bytes) {
    return `contextLength is ${contextLength}, but ${picture} has ${bytes} bytes; make them equal.`;
  }
  const sides = ['height', 'width', 'channels'] as const;
  if (positions.kind === 'image' && sides.some((side) => positions[side] !== medium[side])) {
    return (
      `positions describes ${positions.width} x ${positions.height} pixels and ${positions.channels} channels, ` +
      `but the medium is ${picture}; make them equal.`
    );
  }
  return undefined;
}

/** Reads a `TrainingConfig`. Throws a `Failure` 'bad-config' that names the setting. */
export function parseTrainingConfig(fields: Fields): TrainingConfig {
  // Older runs say nothing of minutes and precision.
  const training: TrainingConfig = {
    steps: fields.count('steps', 1, MAX_STEPS),
    minutes: fields.has('minutes') ? fields.number('minutes', 0, MAX_MINUTES) : 0,
    seed: fields.count('seed', 0, 2 ** 32 - 1),
    microBatch: fields.count('microBatch', 1, 2 ** 16),
    accumulation: fields.count('accumulation', 1, 2 ** 16),
    recompute: fields.flag('recompute'),
    precision: fields.has('precision') ? fields.choice('precision', PRECISIONS) : 'float32',
    learningRate: fields.number('learningRate', 0, 1e6),
    warmupSteps: fields.count('warmupSteps', 0, 1e9),
    beta1: fields.number('beta1', 0, 0.999999),
    beta2: fields.number('beta2', 0, 0.999999),
    eps: fields.number('eps', 1e-30, 1),
    weightDecay: fields.number('weightDecay', 0, 1e3),
    clipNorm: fields.number('clipNorm', 1e-30, 1e30),
    evaluateEvery: fields.count('evaluateEvery', 1, 1e9),
    sampleEvery: fields.count('sampleEvery', 0, 1e9),
  };
  fields.end();
  return training;
}
