// What must hold before a run starts, and where it starts from.

import type { DataIdentity } from '../checkpoint/weights.ts';
import { itemBytes, mediumWords, sameMedium } from '../data/medium.ts';
import { checkTrainable } from '../data/split.ts';
import { Failure } from '../lib/errors.ts';
import { Fields } from '../lib/fields.ts';
import { whole } from '../lib/slices.ts';
import type { RunConfig } from '../model/config.ts';
import { drawingParameters, parameterLayout } from '../model/parameters.ts';
import { parseRunConfig } from '../model/parse.ts';
import { type EngineLimits, preflight } from '../model/preflight.ts';
import { freshSnapshot, type Snapshot } from '../model/snapshot.ts';
import type { OpenData } from './dataset.ts';

interface CheckedRun {
  readonly run: RunConfig;
  readonly identity: DataIdentity;
  readonly bytes: Uint8Array;
}

/** A run's settings, checked, with the open data that it will train on. Throws a `Failure` that says what is wrong. */
export function checkedRun(wanted: RunConfig, limits: EngineLimits, data: OpenData | undefined): CheckedRun {
  const run = parseRunConfig(new Fields(wanted, 'The run'));
  const { problems } = preflight(run, limits);
  if (problems.length > 0) throw new Failure('bad-config', problems.join(' '));
  if (!data) throw new Failure('bad-input', 'Open a file to train on first.');
  const { medium } = data.info;
  if (!sameMedium(run.medium, medium)) {
    const words = `The run is for ${mediumWords(run.medium)}, but the open data is ${mediumWords(medium)}.`;
    throw new Failure('bad-config', words);
  }
  checkTrainable(data.bytes.length, run.model.contextLength, itemBytes(run.medium));
  return { run, identity: data.identity, bytes: data.bytes };
}

/** A run's state before its first step: with these parameters, or drawn. */
export async function firstSnapshot(
  { model, training }: RunConfig,
  parameters: Float32Array | undefined,
): Promise<Snapshot> {
  const layout = parameterLayout(model);
  const known = parameters ?? (await whole(drawingParameters(layout, training.seed)));
  return freshSnapshot(layout, training.seed, known);
}
