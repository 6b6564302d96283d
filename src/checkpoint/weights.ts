// Two kinds of safetensors files. Weights are the model alone; a checkpoint is a run that can be resumed: weights,
// both moments of the optimiser under the prefixes `m.` and `v.`, the settings and the progress. Every tensor is
// checked against the layout that the file's own configuration demands.

import type { Medium } from '../data/medium.ts';
import { Failure } from '../lib/errors.ts';
import { type Fields, readObject } from '../lib/fields.ts';
import { MAX_NAME, type ModelConfig, type RunConfig } from '../model/config.ts';
import type { LossScale } from '../model/engine.ts';
import { type ParameterLayout, parameterLayout } from '../model/parameters.ts';
import { checkMedium, parseMediumOf, parseRunConfig } from '../model/parse.ts';
import type { Measured, Progress, Snapshot } from '../model/snapshot.ts';
import { parseConfig } from '../model/validate.ts';
import {
  readSafetensors,
  type StoredType,
  type Tensor,
  type TensorFile,
  writeSafetensors,
} from './safetensors.ts';

export interface Weights {
  readonly config: ModelConfig;
  /** What the model's bytes are. */
  readonly medium: Medium;
  readonly name: string;
  /** Steps trained. */
  readonly step: number;
  readonly heldOutBitsPerByte?: number;
  /** The arena of `parameterLayout(config)`. */
  readonly parameters: Float32Array;
}

/** Tells data apart, so that a run is not resumed on other data by mistake. */
export interface DataIdentity {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface Checkpoint {
  readonly run: RunConfig;
  readonly data: DataIdentity;
  readonly snapshot: Snapshot;
}

/** Bits a byte at most: of a run that went wild, there is no saying. */
export const MAX_BITS = Number.MAX_VALUE;

/** Raised when a change makes older files unreadable. */
const FORMAT = '1';

/** Weights as a file; as F16 it has half the size, and each number is the nearest of float16. */
export function encodeWeights(
  { config, medium, name, step, heldOutBitsPerByte, parameters }: Weights,
  dtype: StoredType = 'F32',
): Uint8Array<ArrayBuffer> {
  const metadata = new Map([
    ['weft.format', FORMAT],
    ['weft.config', JSON.stringify(config)],
    ['weft.weights', JSON.stringify({ name, medium, step, heldOutBitsPerByte })],
  ]);
  const tensors = new Map(tensorsOf(parameterLayout(config), parameters, ''));
  return writeSafetensors({ metadata, tensors }, dtype);
}

/** Reads a file of weights. Throws a `Failure` 'bad-file' or 'bad-config'. */
export function decodeWeights(file: Uint8Array): Weights {
  const read = readSafetensors(file);
  const config = parseConfig(metadataText(read, 'weft.config'));
  const about = metadataObject(read, 'weft.weights');
  const medium = parseMediumOf(about);
  checkMedium(medium, config);
  const layout = parameterLayout(config);
  checkCount(read, layout.parameters.length);
  return {
    config,
    medium,
    name: about.text('name', MAX_NAME),
    step: about.count('step', 0, 1e9),
    ...(about.has('heldOutBitsPerByte') && {
      heldOutBitsPerByte: about.number('heldOutBitsPerByte', 0, MAX_BITS),
    }),
    parameters: arenaOf(read, layout, ''),
  };
}

export function encodeCheckpoint({ run, data, snapshot }: Checkpoint): Uint8Array<ArrayBuffer> {
  const { progress, state } = snapshot;
  const layout = parameterLayout(run.model);
  const metadata = new Map([
    ['weft.format', FORMAT],
    ['weft.run', JSON.stringify(run)],
    ['weft.data', JSON.stringify(data)],
    ['weft.progress', JSON.stringify(progress)],
    ...(state.lossScale ? [['weft.lossScale', JSON.stringify(state.lossScale)] as const] : []),
  ]);
  const tensors = new Map([
    ...tensorsOf(layout, state.parameters, ''),
    ...tensorsOf(layout, state.m, 'm.'),
    ...tensorsOf(layout, state.v, 'v.'),
  ]);
  return writeSafetensors({ metadata, tensors });
}

/** Reads a checkpoint. Throws a `Failure` 'bad-file' or 'bad-config'. */
export function decodeCheckpoint(file: Uint8Array): Checkpoint {
  const read = readSafetensors(file);
  const run = parseRunConfig(metadataObject(read, 'weft.run'));
  const data = metadataObject(read, 'weft.data');
  const layout = parameterLayout(run.model);
  checkCount(read, 3 * layout.parameters.length);
  return {
    run,
    data: {
      name: data.text('name', 1000),
      sizeBytes: data.count('sizeBytes', 0, 2 ** 40),
      sha256: data.text('sha256', 64),
    },
    snapshot: {
      progress: parseProgress(metadataObject(read, 'weft.progress')),
      state: {
        parameters: arenaOf(read, layout, ''),
        m: arenaOf(read, layout, 'm.'),
        v: arenaOf(read, layout, 'v.'),
        ...(read.metadata.has('weft.lossScale') && { lossScale: parseLossScale(read) }),
      },
    },
  };
}

function parseLossScale(file: TensorFile): LossScale {
  const fields = metadataObject(file, 'weft.lossScale');
  return { scale: fields.number('scale', 1, 2 ** 24), steps: fields.count('steps', 0, 1e9) };
}

function parseProgress(fields: Fields): Progress {
  const cursor = fields.object('cursor');
  const measured = (name: 'evaluation' | 'best'): Partial<Record<typeof name, Measured>> => {
    if (!fields.has(name)) return {};
    const value = fields.object(name);
    return {
      [name]: {
        step: value.count('step', 0, 1e9),
        bitsPerByte: value.number('bitsPerByte', 0, MAX_BITS),
      },
    };
  };
  return {
    step: fields.count('step', 0, 1e9),
    cursor: { epoch: cursor.count('epoch', 0, 2 ** 32), index: cursor.count('index', 0, 2 ** 32) },
    seconds: fields.number('seconds', 0, 1e12),
    ...measured('evaluation'),
    ...measured('best'),
  };
}

/** The text that stands under a key of the metadata. */
function metadataText({ metadata }: TensorFile, key: string): string {
  const format = metadata.get('weft.format') ?? FORMAT;
  if (format !== FORMAT) {
    throw new Failure(
      'bad-file',
      `This file was written by another version of Weft (format ${format.slice(0, 20)}).`,
    );
  }
  const text = metadata.get(key);
  if (text === undefined) {
    throw new Failure('bad-file', `This file is not what is needed here: its metadata lacks "${key}".`);
  }
  return text;
}

const metadataObject = (file: TensorFile, key: string): Fields =>
  readObject(metadataText(file, key), `"${key}" of the metadata`);

function* tensorsOf(
  layout: ParameterLayout,
  arena: Float32Array,
  prefix: string,
): Generator<[string, Tensor]> {
  for (const { name, shape, offset, size } of layout.parameters) {
    yield [prefix + name, { shape, data: arena.subarray(offset, offset + size) }];
  }
}

function checkCount({ tensors }: TensorFile, count: number): void {
  if (tensors.size !== count) refuse(`there are ${tensors.size} instead of ${count}`);
}

/**
 * Gathers the tensors of one prefix into an arena, checking that each is there, of the right shape and of finite
 * numbers. What lies between them stays 0.
 */
function arenaOf({ tensors }: TensorFile, layout: ParameterLayout, prefix: string): Float32Array {
  // All are looked at before room is made: a configuration can promise more than the file holds.
  const found = layout.parameters.map(({ name, shape, offset }) => {
    const tensor = tensors.get(prefix + name);
    if (!tensor) return refuse(`"${prefix + name}" is missing`);
    if (tensor.shape.join() !== shape.join()) {
      return refuse(`"${prefix + name}" is [${tensor.shape.join(', ')}] instead of [${shape.join(', ')}]`);
    }
    if (!tensor.data.every(Number.isFinite)) {
      return refuse(`"${prefix + name}" holds a value that is not a number`);
    }
    return { data: tensor.data, offset };
  });
  const arena = new Float32Array(layout.arenaSize);
  for (const { data, offset } of found) arena.set(data, offset);
  return arena;
}

function refuse(what: string): never {
  throw new Failure('bad-file', `The tensors of this file do not fit its configuration: ${what}.`);
}
