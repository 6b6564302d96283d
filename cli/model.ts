// The trained model that a command uses.

import { decodeWeights, type Weights } from '../src/checkpoint/weights.ts';
import { Failure } from '../src/lib/errors.ts';
import type { Engine, EngineShape } from '../src/model/engine.ts';
import { freshSnapshot } from '../src/model/snapshot.ts';
import type { Arguments } from './arguments.ts';
import { type EngineKind, openEngines } from './engines.ts';
import { readBytes } from './files.ts';
import type { Output } from './output.ts';

/** A file of weights. Throws an error that names the file. */
export async function readWeights(path: string): Promise<Weights> {
  const file = await readBytes(path);
  try {
    return decodeWeights(file);
  } catch (cause) {
    throw new Failure('bad-file', `${path}: ${(cause as Error).message}`, { cause });
  }
}

/** An engine that holds a model. */
export async function openModel(
  weights: Weights,
  given: Arguments,
  shape: EngineShape,
  output: Output,
): Promise<Engine> {
  const kind = given.choice<EngineKind>('engine', ['webgpu', 'reference'], 'webgpu');
  const engines = await openEngines(kind, (words) => output.note(words));
  const engine = await engines.create(weights.config, shape);
  engine.writeState(freshSnapshot(engine.layout, 0, weights.parameters).state);
  return engine;
}
