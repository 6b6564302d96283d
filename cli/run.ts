// The settings of a run: a preset's, a file's, or those of a run that is gone on with, changed by the options.

import { basename, resolve } from 'node:path';
import { loadCheckpoint } from '../src/checkpoint/runs.ts';
import type { DataIdentity } from '../src/checkpoint/weights.ts';
import type { Medium } from '../src/data/medium.ts';
import { Failure } from '../src/lib/errors.ts';
import { readObject } from '../src/lib/fields.ts';
import {
  MAX_MINUTES,
  MAX_NAME,
  MAX_STEPS,
  PRECISIONS,
  type RunConfig,
  type TrainingConfig,
} from '../src/model/config.ts';
import { checkMedium, parseRunConfig } from '../src/model/parse.ts';
import { type PresetName, presetFor } from '../src/model/presets.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { parseConfig } from '../src/model/validate.ts';
import type { Arguments } from './arguments.ts';
import { DirectoryStore, readBytes } from './files.ts';

/** The folder of a run that holds what it can be resumed from. */
export const CHECKPOINTS = 'checkpoints';

/** What is known of a run before its data is open. */
export interface Plan {
  /** What its data must be, where that is settled. */
  readonly medium?: Medium;
  /** The run on data of this medium. Throws an error 'bad-config' where its model cannot read it. */
  settings(medium: Medium): RunConfig;
  /** Where a resumed run stands. */
  readonly resumed?: { readonly snapshot: Snapshot; readonly data: DataIdentity };
}

/**
 * Where a run is written. Throws a `Failure` where another run lies there: its checkpoints of later steps would be taken
 * for those of the new one. With --overwrite, `clear` removes them.
 */
export async function runFolder(given: Arguments) {
  const out = given.text('out') ?? given.required('resume');
  const resumed = given.text('resume');
  const store = new DirectoryStore(out);
  const isOwn = resumed !== undefined && resolve(resumed) === resolve(out);
  // Manifests first, without which nothing is read: .json comes before .safetensors.
  const others = isOwn ? [] : (await store.list(CHECKPOINTS)).map(({ path }) => path).sort();
  if (others.length > 0 && !given.flag('overwrite')) {
    throw new Failure(
      'bad-input',
      `${out} holds a run already. Go on with it by --resume ${out}, choose another --out, or give --overwrite.`,
    );
  }
  const clear = async () => {
    for (const path of others) await store.delete(path);
  };
  return { out, store, clear };
}

export async function planRun(given: Arguments): Promise<Plan> {
  return given.has('resume') ? resumedRun(given) : newRun(given);
}

async function newRun(given: Arguments): Promise<Plan> {
  const path = given.text('config');
  if (path === undefined) {
    given.required('preset');
    const name = given.choice<PresetName>('preset', ['tiny', 'small', 'medium'], 'tiny');
    return { settings: (medium) => fitted(presetFor(medium, name), given) };
  }
  if (given.has('preset')) throw new Failure('bad-input', '--preset and --config exclude each other.');
  const text = new TextDecoder().decode(await readBytes(path));
  const fields = readObject(text, path);
  if (fields.has('model')) {
    const run = parseRunConfig(fields);
    return { medium: run.medium, settings: () => changed(run, given) };
  }
  const model = parseConfig(text);
  return {
    settings: (medium) => {
      checkMedium(medium, model);
      return fitted(
        { ...presetFor(medium, 'small'), name: basename(path, '.json').slice(0, MAX_NAME), model },
        given,
      );
    },
  };
}

/**
 * A preset for another length: for other steps, its warm-up stays the same share of them; where minutes alone are given,
 * steps are no limit.
 */
function fitted(run: RunConfig, given: Arguments): RunConfig {
  const { training } = run;
  if (given.has('minutes') && !given.has('steps')) {
    return changed({ ...run, training: { ...training, steps: MAX_STEPS } }, given);
  }
  const steps = given.count('steps', training.steps, 1, MAX_STEPS);
  const warmupSteps = Math.round((training.warmupSteps * steps) / training.steps);
  return changed({ ...run, training: { ...training, warmupSteps } }, given);
}

/** The run in the directory of --resume, whose seed and model stay. */
async function resumedRun(given: Arguments): Promise<Plan> {
  const directory = given.required('resume');
  const { checkpoint } = await loadCheckpoint(new DirectoryStore(directory), CHECKPOINTS).catch((error) => {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, `${directory} holds no run that can be resumed: ${error.message}`, {
      cause: error,
    });
  });
  const { run, snapshot, data } = checkpoint;
  const resumed = changed(run, given);
  const named = given.has('config') || given.has('preset') ? await newRun(given) : undefined;
  const wanted = named ? named.settings(run.medium) : resumed;
  const isSame = JSON.stringify(wanted.model) === JSON.stringify(run.model);
  if (!isSame || resumed.training.seed !== run.training.seed) {
    throw new Failure(
      'bad-input',
      `The run in ${directory} has another model or seed. Leave them out to resume it.`,
    );
  }
  return { medium: run.medium, settings: () => resumed, resumed: { snapshot, data } };
}

/** A run with the settings that options change. */
function changed(run: RunConfig, given: Arguments): RunConfig {
  const { training } = run;
  const changes: TrainingConfig = {
    ...training,
    steps: given.count('steps', training.steps, 1, MAX_STEPS),
    minutes: given.number('minutes', training.minutes, 0, MAX_MINUTES),
    seed: given.count('seed', training.seed, 0, 2 ** 32 - 1),
    microBatch: given.count('micro-batch', training.microBatch, 1, 2 ** 16),
    accumulation: given.count('accumulation', training.accumulation, 1, 2 ** 16),
    recompute: given.flag('recompute') || training.recompute,
    precision: given.choice('precision', PRECISIONS, training.precision),
    learningRate: given.number('learning-rate', training.learningRate, 0, 1e6),
    warmupSteps: given.count('warmup-steps', training.warmupSteps, 0, 1e9),
    weightDecay: given.number('weight-decay', training.weightDecay, 0, 1e3),
    evaluateEvery: given.count('evaluate-every', training.evaluateEvery, 1, 1e9),
  };
  return { ...run, name: given.text('name', MAX_NAME) ?? run.name, training: changes };
}
