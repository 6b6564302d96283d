// Names, shapes, order and initial values of the model's parameters.
//
// All parameters live in one flat float32 arena, matrices first, so that the optimiser, the gradient norm
// and weight decay are each one pass over it. Linear weights are stored [dIn, dOut], row-major: y = x W + b.

import { normal } from '../lib/random.ts';
import { finish, type Sliced } from '../lib/slices.ts';
import type { ModelConfig } from './config.ts';

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly size: number;
  /** First element in the arena; a multiple of ALIGNMENT. */
  readonly offset: number;
  /** Standard deviation of the initial values; 0 for zeros. */
  readonly std: number;
  /** Initial value added to the noise: 1 for layer-norm gains. */
  readonly mean: number;
}

export interface ParameterLayout {
  readonly parameters: readonly Parameter[];
  readonly byName: ReadonlyMap<string, Parameter>;
  /** Arena elements, padding included. */
  readonly arenaSize: number;
  /** Elements before this index are of matrices and decay. */
  readonly decayEnd: number;
  /** Trainable numbers, padding excluded. */
  readonly count: number;
}

/** Elements between parameter starts: 256 bytes, WebGPU's alignment of storage-buffer offsets, in float16 too. */
export const ALIGNMENT = 128;

/** The number of rows of each position table, in the order of `embed.position.N`. */
export function positionTableRows(config: ModelConfig): readonly number[] {
  const { positions, contextLength } = config;
  return positions.kind === 'image'
    ? [positions.height, positions.width, positions.channels]
    : [Math.ceil(contextLength / positions.stride), Math.min(positions.stride, contextLength)];
}

/**
 * What the position is divided by to give each table's row: table j holds position i in its row
 * floor(i / divisor_j) mod rows_j, in the order of `positionTableRows`.
 */
export function positionTableDivisors(config: ModelConfig): readonly number[] {
  const { positions } = config;
  return positions.kind === 'image'
    ? [positions.width * positions.channels, positions.channels, 1]
    : [positions.stride, 1];
}

/** Lays out the parameters of a model. */
export function parameterLayout(config: ModelConfig): ParameterLayout {
  const { nLayer, dModel, dFF, dQueryKey, vocabSize, linearBias, initialisation } = config;
  const weightStd = (dIn: number) =>
    initialisation === 'released' ? Math.sqrt(0.125 / dIn) : 0.125 / Math.sqrt(dIn);
  const residualScale = 1 / Math.sqrt(2 * nLayer);
  const tables = positionTableRows(config);

  type Draft = { name: string; shape: number[]; std: number; mean: number };
  const drafts: Draft[] = [];
  const matrix = (name: string, shape: number[], std: number) => drafts.push({ name, shape, std, mean: 0 });
  const vector = (name: string, size: number, mean = 0) => drafts.push({ name, shape: [size], std: 0, mean });
  const linear = (name: string, dIn: number, dOut: number, std: number) => {
    matrix(`${name}.weight`, [dIn, dOut], std);
    if (linearBias) vector(`${name}.bias`, dOut);
  };
  const norm = (name: string) => {
    vector(`${name}.gain`, dModel, 1);
    vector(`${name}.bias`, dModel);
  };

  matrix('embed.token', [vocabSize, dModel], 0.125 / Math.sqrt(dModel));
  matrix('embed.start', [1, dModel], 0.125 / Math.sqrt(dModel));
  for (const [index, rows] of tables.entries()) {
    matrix(`embed.position.${index}`, [rows, dModel], 0.125 / Math.sqrt(dModel * tables.length));
  }
  for (let layer = 0; layer < nLayer; layer++) {
    const block = `blocks.${layer}`;
    norm(`${block}.norm1`);
    linear(`${block}.attention.qkv`, dModel, 2 * dQueryKey + dModel, weightStd(dModel));
    linear(`${block}.attention.output`, dModel, dModel, weightStd(dModel) * residualScale);
    norm(`${block}.norm2`);
    linear(`${block}.ff.in`, dModel, dFF, weightStd(dModel));
    linear(`${block}.ff.out`, dFF, dModel, weightStd(dFF) * residualScale);
  }
  norm('finalNorm');
  matrix('output.weight', [dModel, vocabSize], 0);

  drafts.sort((a, b) => Number(b.shape.length > 1) - Number(a.shape.length > 1));
  const parameters: Parameter[] = [];
  let offset = 0;
  let count = 0;
  let decayEnd = 0;
  for (const draft of drafts) {
    const size = draft.shape.reduce((product, extent) => product * extent, 1);
    parameters.push({ ...draft, size, offset });
    offset += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    count += size;
    if (draft.shape.length > 1) decayEnd = offset;
  }
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  return { parameters, byName, arenaSize: offset, decayEnd, count };
}

/** Draws the initial parameters (paper section 6): the same arena for the same seed, on every engine. */
export function initialParameters(layout: ParameterLayout, seed: number): Float32Array {
  return finish(drawingParameters(layout, seed));
}

/** The same in slices: a hundred million take ten seconds and more. */
export function* drawingParameters(layout: ParameterLayout, seed: number): Sliced<Float32Array> {
  const arena = new Float32Array(layout.arenaSize);
  for (const [index, { size, offset, std, mean }] of layout.parameters.entries()) {
    for (let i = 0; i < size; i++) {
      arena[offset + i] = mean + (std === 0 ? 0 : std * normal(seed, 0x1417, index, i));
      if (i % 2 ** 16 === 0) yield (offset + i) / layout.arenaSize;
    }
  }
  return arena;
}
