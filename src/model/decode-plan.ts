// The plan that makes one byte of every sample over a key/value cache: its layers fused, or a matrix a dispatch.

import type { Gpu } from '../gpu/device.ts';
import type { BufferSlice, PlanBuilder } from '../gpu/plan.ts';
import { decodeAttention, decodeEmbed, decodeLinear, decodeNext, fusedDecode } from '../kernels/index.ts';
import { FINAL_NORM_EPS, headWidths, LAYER_NORM_EPS } from './config.ts';
import { addFusedByte } from './decode-fused-plan.ts';
import {
  type Allocate,
  allocatorOf,
  attentionOf,
  type DecodedLayer,
  type DecodedModel,
  type DecoderTensors,
  mostKeysOf,
} from './decode-tensors.ts';
import { embeddingOffsets, embeddingShape } from './embedding.ts';
import { ALIGNMENT } from './parameters.ts';

/** Adds the dispatch that lays out the input rows at the samples' positions. */
export function addStart(
  plan: PlanBuilder,
  { config, layout, parameters }: DecodedModel,
  samples: number,
  { state, tokens, x }: DecoderTensors,
): void {
  const kernel = decodeEmbed(embeddingShape(config, samples), embeddingOffsets(layout));
  plan.add(kernel, { state, tokens, parameters, x });
}

/** Adds the dispatches of one byte: blocks, logits, draw, next input row. Returns where the layers attend. */
export function addByte(
  plan: PlanBuilder,
  gpu: Gpu,
  model: DecodedModel,
  samples: number,
  tensors: DecoderTensors,
  buffers: GPUBuffer[],
): readonly DecodedLayer[] {
  const { config, variants } = model;
  const shape = {
    ...{ samples, nHead: config.nHead, ...headWidths(config) },
    mostKeys: Math.max(...tensors.layers.map((_, layer) => mostKeysOf(config, layer))),
  };
  const fused = fusedDecode(variants, shape, gpu.profile.workgroupStorageBytes);
  const allocate = allocatorOf(gpu, buffers);
  return fused
    ? addFusedByte(plan, model, samples, tensors, fused, allocate)
    : addSpreadByte(plan, model, samples, tensors, allocate);
}

/** A byte with a dispatch for each matrix, which all workgroups read together. */
function addSpreadByte(
  plan: PlanBuilder,
  { config, layout, parameters, variants }: DecodedModel,
  samples: number,
  tensors: DecoderTensors,
  allocate: Allocate,
): readonly DecodedLayer[] {
  const layers: DecodedLayer[] = [];
  const { dModel, dFF, dQueryKey, nHead, vocabSize } = config;
  const { state, settings, tokens, x, query, logits } = tensors;
  const attended = allocate('attended', samples * dModel);
  const hidden = allocate('hidden', samples * dFF);
  const zeros = allocate('zeros', Math.max(dFF, dModel + 2 * dQueryKey, vocabSize));
  const slice = (name: string): BufferSlice => {
    const { offset, size } = layout.byName.get(name)!;
    return { buffer: parameters, offset, size };
  };
  const bias = (linear: string) => (config.linearBias ? slice(`${linear}.bias`) : zeros);
  // A norm's gain and bias as one slice: adapters may bind no more than eight buffers to a kernel.
  const normStride = Math.ceil(dModel / ALIGNMENT) * ALIGNMENT;
  const norm = (name: string) => {
    const { offset } = layout.byName.get(`${name}.gain`)!;
    return { norm: { buffer: parameters, offset, size: normStride + dModel } };
  };
  const noNorm = { norm: zeros };
  const variant = variants.decode;
  const linear = (dIn: number, dOut: number, normEps: number | null) => ({
    samples,
    dIn,
    dOut,
    normEps,
    normStride,
  });

  for (const [layer, cached] of tensors.layers.entries()) {
    const block = `blocks.${layer}`;
    const { cache, tables } = cached;
    const shape = attentionOf(config, samples, cached);
    const { slots, regions } = shape;
    plan.add(
      decodeLinear(
        linear(dModel, 2 * dQueryKey + dModel, LAYER_NORM_EPS),
        { kind: 'qkv', dQueryKey, nHead, slots, regions },
        variant,
      ),
      {
        input: x,
        ...norm(`${block}.norm1`),
        weight: slice(`${block}.attention.qkv.weight`),
        bias: bias(`${block}.attention.qkv`),
        ...{ query, cache, state, tables },
      },
    );
    const inputs = { query, cache, state, tables };
    plan.add(decodeAttention(shape, variant), { ...inputs, attended });
    layers.push({ end: plan.steps.length, shape, inputs });
    plan.add(decodeLinear(linear(dModel, dModel, null), { kind: 'residual' }, variant), {
      input: attended,
      ...noNorm,
      weight: slice(`${block}.attention.output.weight`),
      bias: bias(`${block}.attention.output`),
      out: x,
    });
    plan.add(decodeLinear(linear(dModel, dFF, LAYER_NORM_EPS), { kind: 'gelu' }, variant), {
      input: x,
      ...norm(`${block}.norm2`),
      weight: slice(`${block}.ff.in.weight`),
      bias: bias(`${block}.ff.in`),
      out: hidden,
    });
    plan.add(decodeLinear(linear(dFF, dModel, null), { kind: 'residual' }, variant), {
      input: hidden,
      ...noNorm,
      weight: slice(`${block}.ff.out.weight`),
      bias: bias(`${block}.ff.out`),
      out: x,
    });
  }
  plan.add(decodeLinear(linear(dModel, vocabSize, FINAL_NORM_EPS), { kind: 'store' }, variant), {
    input: x,
    ...norm('finalNorm'),
    weight: slice('output.weight'),
    bias: zeros,
    out: logits,
  });
  const next = decodeNext(embeddingShape(config, samples), embeddingOffsets(layout));
  plan.add(next, { parameters, state, logits, tokens, x, settings });
  return layers;
}
