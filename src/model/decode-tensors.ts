// What both ways to decode share: the buffers of a sampler, and what is written into them before it begins.

import type { Gpu } from '../gpu/device.ts';
import { type DecodeAttentionShape, mostKeys } from '../kernels/index.ts';
import { type CacheLayout, type CacheRegion, cacheLayout } from './cache.ts';
import { headGroups, headWidths, type ModelConfig } from './config.ts';
import { promptLength, promptsOf, type SamplerSettings } from './engine.ts';
import type { PlanContext } from './views.ts';

/** What a sampler takes from its engine. */
export type DecodedModel = Pick<PlanContext, 'config' | 'layout' | 'parameters' | 'variants'>;

/** A layer's attention among the dispatches of a byte. */
export interface DecodedLayer {
  /** Dispatches up to and with the attention: until the next one, `query` is this layer's. */
  readonly end: number;
  readonly shape: DecodeAttentionShape;
  /** What the attention reads, by binding. */
  readonly inputs: Readonly<Record<'query' | 'cache' | 'state' | 'tables', GPUBuffer>>;
}

/** The attention of a layer as its kernels see it. */
export function attentionOf(
  config: ModelConfig,
  samples: number,
  { layout: { slots, regions } }: CachedLayer,
): DecodeAttentionShape {
  return { samples, nHead: config.nHead, ...headWidths(config), slots, regions: regions.length };
}

/** The most keys that a position sees in any head of a layer. */
export function mostKeysOf(config: ModelConfig, layer: number): number {
  const groups = headGroups(config, layer).map(({ segments }) =>
    segments.reduce((sum, segment) => sum + mostKeys(segment, config.contextLength), 0),
  );
  return Math.max(...groups);
}

/** The buffers of a sampler of S sequences that both ways to decode share. */
export interface DecoderTensors {
  /** Position of each sequence [S], u32. */
  readonly state: GPUBuffer;
  readonly settings: GPUBuffer;
  /** [S, T], one word a byte. */
  readonly tokens: GPUBuffer;
  /** [S, dModel]: the input rows of the next bytes. */
  readonly x: GPUBuffer;
  readonly query: GPUBuffer;
  readonly logits: GPUBuffer;
  readonly layers: readonly CachedLayer[];
}

export interface CachedLayer {
  readonly layout: CacheLayout;
  readonly cache: GPUBuffer;
  /** As shaders/decode/tables.wgsl lays it out. */
  readonly tables: GPUBuffer;
}

/** Allocates a buffer of float32 or u32 elements for as long as the sampler lives. */
export type Allocate = (label: string, elements: number) => GPUBuffer;

/** Lists what it allocates in `buffers`, whatever happens later. */
export function allocatorOf(gpu: Gpu, buffers: GPUBuffer[]): Allocate {
  return (label, elements) => {
    const buffer = gpu.storage(`decode.${label}`, elements * 4);
    buffers.push(buffer);
    return buffer;
  };
}

/** Allocates a sampler's buffers, lists them in `buffers`, and writes prompts, settings and tables. */
export function allocateDecoder(
  gpu: Gpu,
  config: ModelConfig,
  settings: SamplerSettings,
  buffers: GPUBuffer[],
): DecoderTensors {
  const { dModel, dQueryKey, vocabSize, contextLength: T, nLayer } = config;
  const { samples: S } = settings;
  const { queue } = gpu.device;
  const allocate = allocatorOf(gpu, buffers);
  const uniform = gpu.uniform('decode.settings', 32);
  buffers.push(uniform);
  queue.writeBuffer(uniform, 0, packSettings(settings));
  const tokens = allocate('tokens', S * T);
  const words = new Uint32Array(S * T);
  for (const [sample, prompt] of promptsOf(settings).entries()) words.set(prompt, sample * T);
  queue.writeBuffer(tokens, 0, words);
  return {
    state: allocate('state', S),
    settings: uniform,
    tokens,
    x: allocate('x', S * dModel),
    query: allocate('query', S * dQueryKey),
    logits: allocate('logits', S * vocabSize),
    layers: Array.from({ length: nLayer }, (_, layer) => {
      const layout = cacheLayout(config, layer);
      const packed = packTables(config, layer, layout);
      const tables = allocate(`tables.${layer}`, packed.length);
      queue.writeBuffer(tables, 0, packed);
      return { layout, tables, cache: allocate(`cache.${layer}`, S * layout.slots * (dQueryKey + dModel)) };
    }),
  };
}

/** What the draw reads, as shaders/decode/draw.wgsl lays it out. */
function packSettings(settings: SamplerSettings): ArrayBuffer {
  const { seed, topK, topP, temperature } = settings;
  const view = new DataView(new ArrayBuffer(32));
  view.setUint32(0, seed, true);
  view.setUint32(4, topK, true);
  view.setFloat32(8, topP, true);
  view.setFloat32(12, temperature, true);
  view.setUint32(16, promptLength(settings), true);
  return view.buffer;
}

const REGION_WORDS = 6;
const SEGMENT_WORDS = 12 + REGION_WORDS;

function regionWords(region: CacheRegion): number[] {
  return [region.base, region.period, region.periodStep, region.step, region.keptFrom, region.keptTo];
}

/** A layer's regions, each head's run of segments, and the segments of its heads. */
function packTables(config: ModelConfig, layer: number, cached: CacheLayout): Int32Array<ArrayBuffer> {
  const segments: number[] = [];
  const heads: number[] = [];
  for (const group of headGroups(config, layer)) {
    const first = segments.length / SEGMENT_WORDS;
    for (const segment of group.segments) {
      segments.push(
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
  return Int32Array.from([...cached.regions.flatMap(regionWords), ...heads, ...segments]);
}
