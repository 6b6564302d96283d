// The dispatches of one byte with fused layers: two a layer, and one that draws.

import type { BufferSlice, PlanBuilder } from '../gpu/plan.ts';
import {
  attendingParts,
  decodeAttend,
  decodeFeed,
  decodeFinish,
  type FusedVariant,
  feedAddends,
  type LinearPlace,
  mixedVectors,
  type NormPlace,
} from '../kernels/index.ts';
import { FINAL_NORM_EPS, LAYER_NORM_EPS, type ModelConfig } from './config.ts';
import {
  type Allocate,
  attentionOf,
  type DecodedLayer,
  type DecodedModel,
  type DecoderTensors,
  mostKeysOf,
} from './decode-tensors.ts';
import { embeddingOffsets, embeddingShape } from './embedding.ts';
import type { ParameterLayout } from './parameters.ts';

/** Adds the dispatches of one byte. Returns where the layers attend. */
export function addFusedByte(
  plan: PlanBuilder,
  { config, layout, parameters }: DecodedModel,
  samples: number,
  tensors: DecoderTensors,
  variant: FusedVariant,
  allocate: Allocate,
): readonly DecodedLayer[] {
  const layers: DecodedLayer[] = [];
  const { nHead, dModel: width, dFF } = config;
  const { state, settings, tokens, x, query, logits } = tensors;
  const partsOf = (layer: number) =>
    attendingParts({ samples, nHead, dV: width / nHead }, mostKeysOf(config, layer), variant.fused);
  const mostParts = Math.max(...tensors.layers.map((_, layer) => partsOf(layer)));
  const mixed = allocate('mixed', 4 * mixedVectors(samples, nHead, mostParts, width));
  const addends = allocate('addends', samples * feedAddends(dFF, variant) * width);
  const places = blockPlaces(layout, config);
  for (const [layer, cached] of tensors.layers.entries()) {
    const shape = attentionOf(config, samples, cached);
    const parts = partsOf(layer);
    const block = blockSlices(layout, layer, parameters);
    const { cache, tables } = cached;
    const inputs = { query, cache, state, tables };
    const before = layer === 0 ? { addends: x } : { addends };
    const attend = {
      ...{ ...shape, parts, norm: places.norm1, qkv: places.qkv, output: places.output },
      addends: layer === 0 ? 1 : feedAddends(dFF, variant),
    };
    plan.add(decodeAttend(attend, variant), { ...block, ...inputs, ...before, mixed });
    layers.push({ end: plan.steps.length, shape, inputs });
    const feed = { samples, width, dFF, nHead, parts, ...places, norm: places.norm2 };
    plan.add(decodeFeed(feed, variant), { ...block, mixed, addends });
  }
  const norm = sliceFrom(layout, parameters, 'finalNorm.gain', 'finalNorm.bias');
  const finish = decodeFinish(
    embeddingShape(config, samples),
    embeddingOffsets(layout),
    feedAddends(dFF, variant),
    normPlace(layout, 'finalNorm', norm.offset, FINAL_NORM_EPS),
  );
  plan.add(finish, {
    ...{ parameters, state, logits, tokens, x, settings, addends, vectors: norm },
    matrices: sliceFrom(layout, parameters, 'output.weight', 'output.weight'),
  });
  return layers;
}

type Slice = Exclude<BufferSlice, GPUBuffer>;

/** The parameters from one to another, which stand one after the other. */
function sliceFrom(layout: ParameterLayout, buffer: GPUBuffer, first: string, last: string): Slice {
  const { offset } = layout.byName.get(first)!;
  const end = layout.byName.get(last)!;
  return { buffer, offset, size: end.offset + end.size - offset };
}

/** The matrices of a block, and its vectors: all blocks lay them out alike. */
function blockSlices(layout: ParameterLayout, layer: number, buffer: GPUBuffer) {
  const block = `blocks.${layer}`;
  const last = layout.byName.has(`${block}.ff.out.bias`) ? 'ff.out.bias' : 'norm2.bias';
  return {
    matrices: sliceFrom(layout, buffer, `${block}.attention.qkv.weight`, `${block}.ff.out.weight`),
    vectors: sliceFrom(layout, buffer, `${block}.norm1.gain`, `${block}.${last}`),
  };
}

function normPlace(layout: ParameterLayout, name: string, from: number, eps: number): NormPlace {
  const place = (part: string) => layout.byName.get(`${name}.${part}`)!.offset - from;
  return { gain: place('gain'), bias: place('bias'), eps };
}

/** Where a block's parameters stand in its slices. */
function blockPlaces(layout: ParameterLayout, { linearBias }: ModelConfig) {
  const start = (name: string) => layout.byName.get(`blocks.0.${name}`)!.offset;
  const [matrices, vectors] = [start('attention.qkv.weight'), start('norm1.gain')];
  const linear = (name: string): LinearPlace => ({
    weight: start(`${name}.weight`) - matrices,
    bias: linearBias ? start(`${name}.bias`) - vectors : null,
  });
  return {
    norm1: normPlace(layout, 'blocks.0.norm1', vectors, LAYER_NORM_EPS),
    norm2: normPlace(layout, 'blocks.0.norm2', vectors, LAYER_NORM_EPS),
    qkv: linear('attention.qkv'),
    output: linear('attention.output'),
    ffIn: linear('ff.in'),
    ffOut: linear('ff.out'),
  };
}
