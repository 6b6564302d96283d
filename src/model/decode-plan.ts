// The buffers of a sampler, and the plan that makes one byte of every sample over a key/value cache.

import type { Gpu } from '../gpu/device.ts';
import type { BufferSlice, PlanBuilder } from '../gpu/plan.ts';
import {
  type DecodeAttentionShape,
  decodeAdvance,
  decodeAttention,
  decodeDraw,
  decodeEmbed,
  decodeLinear,
} from '../kernels/index.ts';
import { type CacheLayout, type CacheRegion, cacheLayout } from './cache.ts';
import { FINAL_NORM_EPS, headGroups, headWidths, LAYER_NORM_EPS, type ModelConfig } from './config.ts';
import { embeddingOffsets, embeddingShape } from './embedding.ts';
import { promptLength, type SamplerSettings } from './engine.ts';
import { ALIGNMENT } from './parameters.ts';
import type { PlanContext } from './views.ts';

/** What a sampler takes from its engine. */
export type DecodedModel = Pick<PlanContext, 'config' | 'layout' | 'parameters' | 'variants'>;

/** The buffers of a sampler of S sequences. */
export interface DecoderTensors {
  readonly state: GPUBuffer;
  readonly settings: GPUBuffer;
  /** [S, T], one word a byte. */
  readonly tokens: GPUBuffer;
  readonly x: GPUBuffer;
  readonly query: GPUBuffer;
  readonly attended: GPUBuffer;
  readonly hidden: GPUBuffer;
  readonly logits: GPUBuffer;
  readonly zeros: GPUBuffer;
  readonly layers: readonly { readonly layout: CacheLayout; readonly cache: GPUBuffer }[];
}

/** Allocates a sampler's buffers, and lists them in `buffers`, whatever happens. */
export function allocateDecoder(
  gpu: Gpu,
  config: ModelConfig,
  { samples: S }: SamplerSettings,
  buffers: GPUBuffer[],
): DecoderTensors {
  const { dModel, dFF, dQueryKey, vocabSize, contextLength, nLayer } = config;
  const keep = (buffer: GPUBuffer): GPUBuffer => {
    buffers.push(buffer);
    return buffer;
  };
  const storage = (label: string, elements: number) => keep(gpu.storage(`decode.${label}`, elements * 4));
  return {
    state: storage('state', 4),
    settings: keep(gpu.uniform('decode.settings', 32)),
    tokens: storage('tokens', S * contextLength),
    x: storage('x', S * dModel),
    query: storage('query', S * dQueryKey),
    attended: storage('attended', S * dModel),
    hidden: storage('hidden', S * dFF),
    logits: storage('logits', S * vocabSize),
    zeros: storage('zeros', Math.max(dFF, dModel + 2 * dQueryKey, vocabSize)),
    layers: Array.from({ length: nLayer }, (_, layer) => {
      const layout = cacheLayout(config, layer);
      return { layout, cache: storage(`cache.${layer}`, S * layout.slots * (dQueryKey + dModel)) };
    }),
  };
}

/** What the draw reads, as shaders/decode/draw.wgsl lays it out. */
export function packSettings(settings: SamplerSettings): ArrayBuffer {
  const { seed, topK, topP, temperature } = settings;
  const view = new DataView(new ArrayBuffer(32));
  view.setUint32(0, seed, true);
  view.setUint32(4, topK, true);
  view.setFloat32(8, topP, true);
  view.setFloat32(12, temperature, true);
  view.setUint32(16, promptLength(settings), true);
  return view.buffer;
}

/** A layer's attention among the dispatches of a byte. */
export interface DecodedLayer {
  /** Dispatches up to and with the attention: until the next one, `query` is this layer's. */
  readonly end: number;
  readonly shape: DecodeAttentionShape;
  /** What the attention reads, by binding. */
  readonly inputs: Readonly<Record<'query' | 'cache' | 'state' | 'segments' | 'headSegments', GPUBuffer>>;
}

/** Adds the dispatches of one byte: embedding, blocks, logits, draw. Returns where the layers attend. */
export function addByte(
  plan: PlanBuilder,
  gpu: Gpu,
  { config, layout, parameters, variants }: DecodedModel,
  samples: number,
  tensors: DecoderTensors,
  buffers: GPUBuffer[],
): readonly DecodedLayer[] {
  const layers: DecodedLayer[] = [];
  const { dModel, dFF, dQueryKey, nHead, vocabSize, contextLength } = config;
  const { state, settings, tokens, x, query, attended, hidden, logits, zeros } = tensors;
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

  plan.add(decodeEmbed(embeddingShape(config, samples), embeddingOffsets(layout)), {
    state,
    tokens,
    parameters,
    x,
  });
  for (const [layer, { layout: cached, cache }] of tensors.layers.entries()) {
    const block = `blocks.${layer}`;
    const lists = segmentLists(config, layer, cached);
    const upload = (label: string, data: ArrayBuffer): GPUBuffer => {
      const buffer = gpu.storage(`decode.${label}.${layer}`, data.byteLength);
      buffers.push(buffer);
      gpu.device.queue.writeBuffer(buffer, 0, data);
      return buffer;
    };
    plan.add(
      decodeLinear(
        linear(dModel, 2 * dQueryKey + dModel, LAYER_NORM_EPS),
        {
          kind: 'qkv',
          dQueryKey,
          slots: cached.slots,
          regions: cached.regions.length,
        },
        variant,
      ),
      {
        input: x,
        ...norm(`${block}.norm1`),
        weight: slice(`${block}.attention.qkv.weight`),
        bias: bias(`${block}.attention.qkv`),
        query,
        cache,
        state,
        regions: upload('regions', packRegions(cached.regions)),
      },
    );
    const shape = { samples, nHead, ...headWidths(config), slots: cached.slots };
    const segments = upload('segments', lists.segments);
    const inputs = { query, cache, state, segments, headSegments: upload('headSegments', lists.heads) };
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
  plan.add(decodeDraw(samples, vocabSize, contextLength), { state, logits, tokens, settings });
  plan.add(decodeAdvance(), { state });
  return layers;
}

const REGION_WORDS = 6;
const SEGMENT_WORDS = 12 + REGION_WORDS;

function regionWords(region: CacheRegion): number[] {
  return [region.base, region.period, region.periodStep, region.step, region.keptFrom, region.keptTo];
}

function packRegions(regions: readonly CacheRegion[]): ArrayBuffer {
  return Int32Array.from(regions.flatMap(regionWords)).buffer;
}

/** The segments of a layer's heads as shaders/decode/attention.wgsl reads them, and each head's run of them. */
function segmentLists(
  config: ModelConfig,
  layer: number,
  cached: CacheLayout,
): { segments: ArrayBuffer; heads: ArrayBuffer } {
  const words: number[] = [];
  const heads: number[] = [];
  for (const group of headGroups(config, layer)) {
    const first = words.length / SEGMENT_WORDS;
    for (const segment of group.segments) {
      words.push(
        segment.groupStep,
        segment.queryStep,
        segment.groups,
        segment.cells,
        segment.blockStep,
        segment.keyOffset,
        segment.headCycle,
        segment.queryBlock,
        segment.keysPerBlock,
        segment.ownKeys,
        segment.shift,
        segment.window,
        ...regionWords(cached.regionOf(segment.factor)),
      );
    }
    for (let head = 0; head < group.nHead; head++) heads.push(first, group.segments.length);
  }
  return { segments: Int32Array.from(words).buffer, heads: Uint32Array.from(heads).buffer };
}
