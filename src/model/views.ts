// What plans are laid out over, and the views of it that dispatches bind. Shapes: R = B * T rows, of which a range has r.

import type { BufferSlice } from '../gpu/plan.ts';
import { type AttentionShape, type KernelVariants, storageBytes } from '../kernels/index.ts';
import { headWidths, type ModelConfig } from './config.ts';
import type { ParameterLayout } from './parameters.ts';
import { type TokenRange, tokenRanges } from './ranges.ts';
import type { BlockTensorName, SharedTensorName } from './tensors.ts';

/** A tensor [R, width]; or [r, width], made again for each range of tokens. */
export interface Tensor {
  readonly buffer: GPUBuffer;
  readonly width: number;
  readonly perRange: boolean;
  readonly elementBytes: 2 | 4;
}

export type BlockTensors = Readonly<Record<BlockTensorName, Tensor>>;

/** Everything that a plan is laid out over. */
export interface PlanContext {
  readonly config: ModelConfig;
  readonly layout: ParameterLayout;
  /** B of the plan. */
  readonly microBatch: number;
  /** r: rows that what is wider than the model is computed for at a time. */
  readonly rangeRows: number;
  readonly variants: KernelVariants;
  readonly parameters: GPUBuffer;
  /** The working copy of the matrices in float16, laid out as `parameters`; in float32 there is none. */
  readonly weights: GPUBuffer | null;
  readonly gradients: GPUBuffer;
  readonly step: GPUBuffer;
  /** The residual stream: residual[l] enters block l, residual[nLayer] the final norm. */
  readonly residual: readonly GPUBuffer[];
  /** Tensors of block l; the same for all where blocks are recomputed. */
  readonly blocks: readonly BlockTensors[];
  readonly shared: Readonly<Record<SharedTensorName, GPUBuffer>>;
}

/** The part of an arena that holds a parameter, or its gradient. */
export function slice(context: PlanContext, arena: GPUBuffer, name: string): BufferSlice {
  const parameter = context.layout.byName.get(name);
  if (!parameter) throw new RangeError(`The model has no parameter ${name}.`);
  return { buffer: arena, offset: parameter.offset, size: parameter.size };
}

/** A projection's matrix as products read it: the working copy, where there is one. */
export function weightOf(context: PlanContext, linear: string): BufferSlice {
  const { weights, parameters } = context;
  const whole = slice(context, weights ?? parameters, `${linear}.weight`);
  return weights && 'offset' in whole ? { ...whole, elementBytes: 2 } : whole;
}

/** A range of a tensor's rows. */
export function part(
  { buffer, width, perRange, elementBytes }: Tensor,
  { start, rows }: TokenRange,
): BufferSlice {
  return { buffer, offset: perRange ? 0 : start * width, size: rows * width, elementBytes };
}

/** A range of a float32 buffer [R, width]. */
export function rowsOf(buffer: GPUBuffer, width: number, range: TokenRange): BufferSlice {
  return part({ buffer, width, perRange: false, elementBytes: 4 }, range);
}

/** The start of a float32 buffer [r, width] that serves one range after the other. */
export function scratch(buffer: GPUBuffer, width: number, range: TokenRange): BufferSlice {
  return part({ buffer, width, perRange: true, elementBytes: 4 }, range);
}

/** A range of a buffer [R, width] that holds activations, or their gradients, as they are stored. */
export function storedRows(
  { variants }: PlanContext,
  buffer: GPUBuffer,
  width: number,
  range: TokenRange,
): BufferSlice {
  return part({ buffer, width, perRange: false, elementBytes: storageBytes[variants.storage] }, range);
}

/** The start of such a buffer [r, width] that serves one range after the other. */
export function storedScratch(
  { variants }: PlanContext,
  buffer: GPUBuffer,
  width: number,
  range: TokenRange,
): BufferSlice {
  return part({ buffer, width, perRange: true, elementBytes: storageBytes[variants.storage] }, range);
}

/** All rows of a micro-batch, in ranges. */
export function rangesOf({ config, microBatch, rangeRows }: PlanContext): readonly TokenRange[] {
  return tokenRanges(microBatch * config.contextLength, rangeRows);
}

/** A projection's bias; zeros where the model has none. */
export function biasOf(context: PlanContext, linear: string): BufferSlice {
  return context.config.linearBias
    ? slice(context, context.parameters, `${linear}.bias`)
    : context.shared.zeros;
}

/** B, T and the widths of heads, as attention kernels take them. */
export function attentionShape({ config, microBatch }: PlanContext): AttentionShape {
  return {
    B: microBatch,
    T: config.contextLength,
    nHead: config.nHead,
    ...headWidths(config),
  };
}

/** A range of the tokens, its logits and its losses, as the cross-entropy takes them. */
export function lossTensors({ config, shared }: PlanContext, range: TokenRange) {
  return {
    tokens: { buffer: shared.tokens, offset: range.start / 4, size: Math.ceil(range.rows / 4) },
    logits: scratch(shared.logits, config.vocabSize, range),
    losses: rowsOf(shared.losses, 1, range),
  };
}
