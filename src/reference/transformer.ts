// The sparse transformer in float64, forward and backward, in the order of the paper's equations (section 5.2):
//   h = embed(x);  for each block: h += drop(attention(norm(h))), h += drop(ff(norm(h)));  logits = norm(h) W_out.

import {
  FINAL_NORM_EPS,
  type HeadGroup,
  headGroups,
  LAYER_NORM_EPS,
  type ModelConfig,
} from '../model/config.ts';
import { type ParameterLayout, parameterLayout, positionTableDivisors } from '../model/parameters.ts';
import { dropoutDraw } from '../model/step-uniforms.ts';
import * as ops from './ops.ts';
import { type BlockWeights, type LinearWeights, type NormWeights, viewWeights } from './weights.ts';

/** All that follows from a configuration, worked out once. */
export interface ReferenceModel {
  readonly config: ModelConfig;
  readonly layout: ParameterLayout;
  /** The head groups of each layer. */
  readonly layers: readonly (readonly HeadGroup[])[];
  readonly divisors: readonly number[];
}

export function referenceModel(config: ModelConfig): ReferenceModel {
  return {
    config,
    layout: parameterLayout(config),
    layers: Array.from({ length: config.nLayer }, (_, layer) => headGroups(config, layer)),
    divisors: positionTableDivisors(config),
  };
}

/** Where the tokens of a call stand among the step's, for dropout. */
export interface DropoutPlace {
  readonly seed: number;
  readonly step: number;
  readonly microBatch: number;
  /** Row of the micro-batch's [B * T] at which the tokens begin. */
  readonly firstRow: number;
}

/** What a normalisation or a projection keeps for its backward pass. */
interface NormState {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly mean: Float64Array;
  readonly rstd: Float64Array;
}

interface BlockState {
  readonly norm1: NormState;
  readonly qkv: Float64Array;
  readonly attention: ops.AttentionOutput;
  readonly norm2: NormState;
  /** Feed-forward inner values before and after the activation, [B * T, dFF]. */
  readonly inner: Float64Array;
  readonly activated: Float64Array;
}

/** The tensors of one forward pass. */
export interface ForwardState {
  readonly tokens: Uint8Array;
  readonly place: DropoutPlace | undefined;
  readonly blocks: readonly BlockState[];
  readonly finalNorm: NormState;
  /** [B * T, V] */
  readonly logits: Float64Array;
}

/**
 * tokens [B * T] under the parameters of `arena` -> logits and all that the backward pass needs.
 * Dropout applies only where a place is given.
 */
export function modelForward(
  model: ReferenceModel,
  arena: Float64Array,
  tokens: Uint8Array,
  place?: DropoutPlace,
): ForwardState {
  const { config, layout, layers, divisors } = model;
  const { contextLength: T, dModel } = config;
  const weights = viewWeights(config, layout, arena);
  const shape = attentionShape(config, tokens.length / T);
  let h = ops.embeddingForward(tokens, weights.embed, { T, dModel, divisors });
  const blocks = weights.blocks.map((block, layer): BlockState => {
    const norm1 = norm(h, block.norm1, LAYER_NORM_EPS);
    const qkv = linear(norm1.y, block.qkv, dModel);
    const attention = ops.attentionForward(qkv, shape, layers[layer]!);
    const attended = linear(attention.o, block.attentionOutput, dModel);
    h = ops.residualForward(h, attended, draw(config, place, layer * 2));
    const norm2 = norm(h, block.norm2, LAYER_NORM_EPS);
    const inner = linear(norm2.y, block.ffIn, dModel);
    const activated = ops.geluForward(inner);
    h = ops.residualForward(
      h,
      linear(activated, block.ffOut, config.dFF),
      draw(config, place, layer * 2 + 1),
    );
    return { norm1, qkv, attention, norm2, inner, activated };
  });
  const finalNorm = norm(h, weights.finalNorm, FINAL_NORM_EPS);
  return { tokens, place, blocks, finalNorm, logits: linear(finalNorm.y, weights.output, dModel) };
}

/** Adds the gradient of every parameter, given that of the logits, to the arena `gradient`. */
export function modelBackward(
  model: ReferenceModel,
  arena: Float64Array,
  state: ForwardState,
  dLogits: Float64Array,
  gradient: Float64Array,
): void {
  const { config, layout, layers, divisors } = model;
  const { contextLength: T, dModel, dFF } = config;
  const weights = viewWeights(config, layout, arena);
  const dWeights = viewWeights(config, layout, gradient);
  const shape = attentionShape(config, state.tokens.length / T);

  const dFinal = dLinear(state.finalNorm.y, weights.output, dLogits, dModel, dWeights.output);
  let dH = dNorm(state.finalNorm, weights.finalNorm, dFinal, dWeights.finalNorm);
  for (let layer = config.nLayer - 1; layer >= 0; layer--) {
    const saved = state.blocks[layer]!;
    const block: BlockWeights = weights.blocks[layer]!;
    const d: BlockWeights = dWeights.blocks[layer]!;

    const dFFOut = ops.residualBackward(dH, draw(config, state.place, layer * 2 + 1));
    const dActivated = dLinear(saved.activated, block.ffOut, dFFOut, dFF, d.ffOut);
    const dInner = ops.geluBackward(saved.inner, dActivated);
    const dNorm2 = dLinear(saved.norm2.y, block.ffIn, dInner, dModel, d.ffIn);
    dH = sum(dH, dNorm(saved.norm2, block.norm2, dNorm2, d.norm2));

    const dAttended = ops.residualBackward(dH, draw(config, state.place, layer * 2));
    const dO = dLinear(saved.attention.o, block.attentionOutput, dAttended, dModel, d.attentionOutput);
    const dQKV = ops.attentionBackward(saved.qkv, saved.attention, dO, shape, layers[layer]!);
    const dNorm1 = dLinear(saved.norm1.y, block.qkv, dQKV, dModel, d.qkv);
    dH = sum(dH, dNorm(saved.norm1, block.norm1, dNorm1, d.norm1));
  }
  ops.embeddingBackward(state.tokens, dH, dWeights.embed, { T, dModel, divisors });
}

/**
 * Cross-entropy of each byte of tokens [B * T] in nats; its gradient, times `scale`, is added to the arena
 * `gradient`.
 */
export function lossAndGradient(
  model: ReferenceModel,
  arena: Float64Array,
  tokens: Uint8Array,
  scale: number,
  gradient: Float64Array,
  place?: DropoutPlace,
): Float64Array {
  const state = modelForward(model, arena, tokens, place);
  const V = model.config.vocabSize;
  modelBackward(model, arena, state, ops.crossEntropyBackward(state.logits, tokens, V, scale), gradient);
  return ops.crossEntropyForward(state.logits, tokens, V);
}

export function attentionShape(config: ModelConfig, B: number): ops.AttentionShape {
  const { contextLength: T, nHead, dModel, dQueryKey } = config;
  return { B, T, nHead, dModel, dQueryKey };
}

/** x [rows, dIn] -> x W + b. */
export function linear(x: Float64Array, { weight, bias }: LinearWeights, dIn: number): Float64Array {
  return ops.linearForward(x, weight, bias, { rows: x.length / dIn, dIn, dOut: weight.length / dIn });
}

/** x [rows, dModel] -> its normalisation, with what the backward pass needs. */
export function norm(x: Float64Array, { gain, bias }: NormWeights, eps: number): NormState {
  const width = gain.length;
  return { x, ...ops.layerNormForward(x, gain, bias, { rows: x.length / width, width, eps }) };
}

function dLinear(
  x: Float64Array,
  { weight }: LinearWeights,
  dY: Float64Array,
  dIn: number,
  gradient: LinearWeights,
): Float64Array {
  const shape = { rows: x.length / dIn, dIn, dOut: weight.length / dIn };
  const { dX, dWeight, dBias } = ops.linearBackward(x, weight, dY, shape);
  addTo(gradient.weight, dWeight);
  if (gradient.bias) addTo(gradient.bias, dBias);
  return dX;
}

function dNorm({ x, mean, rstd }: NormState, { gain }: NormWeights, dY: Float64Array, gradient: NormWeights) {
  const width = gain.length;
  const shape = { rows: x.length / width, width };
  const { dX, dGain, dBias } = ops.layerNormBackward(x, gain, mean, rstd, dY, shape);
  addTo(gradient.gain, dGain);
  addTo(gradient.bias, dBias);
  return dX;
}

function draw(
  config: ModelConfig,
  place: DropoutPlace | undefined,
  site: number,
): ops.DropoutDraw | undefined {
  if (!place || config.dropout === 0) return undefined;
  const { seed, step, microBatch, firstRow } = place;
  const firstElement = firstRow * config.dModel;
  return { rate: config.dropout, ...dropoutDraw(seed, step, microBatch), site, firstElement };
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]!);
}

function addTo(target: Float64Array, values: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += values[i]!;
}
