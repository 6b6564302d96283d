// Cached sampling on the GPU: a plan makes one byte of every sample, and is replayed many times a submission.
// Position, bytes and random numbers live on the GPU, so nothing in the loop waits for the host.

import type { Gpu } from '../gpu/device.ts';
import { type BufferSlice, type Plan, PlanBuilder } from '../gpu/plan.ts';
import { decodeAdvance, decodeAttention, decodeDraw, decodeEmbed, decodeLinear } from '../kernels/index.ts';
import { type CacheLayout, type CacheRegion, cacheLayout } from './cache.ts';
import { FINAL_NORM_EPS, headGroups, LAYER_NORM_EPS, type ModelConfig } from './config.ts';
import { embeddingOffsets, embeddingShape } from './embedding.ts';
import { EngineError, type Sampler, type SamplerSettings } from './engine.ts';
import type { PlanContext } from './forward.ts';
import { ALIGNMENT } from './parameters.ts';

/** Bytes of each sample made in one submission: short enough to stay responsive on a slow adapter. */
const BYTES_PER_SUBMISSION = { software: 4, hardware: 32 };

/** What a sampler takes from its engine. */
export type DecodedModel = Pick<PlanContext, 'config' | 'layout' | 'parameters' | 'variants'>;

/** Lays out a sampler over an engine's parameters, which it reads as they are when a byte is made. */
export async function createDecoder(
  gpu: Gpu,
  model: DecodedModel,
  settings: SamplerSettings,
  onDestroy: () => void,
): Promise<Decoder> {
  const { config } = model;
  const { contextLength: T } = config;
  if (settings.prompt.length >= T) {
    throw new EngineError(
      'bad-config',
      `A prompt may have ${T - 1} bytes at most (this model sees ${T}); it has ${settings.prompt.length}.`,
    );
  }
  const buffers: GPUBuffer[] = [];
  try {
    const tensors = await gpu.guard(() => allocate(gpu, config, settings, buffers));
    const { queue } = gpu.device;
    const words = new Uint32Array(settings.samples * T);
    for (let sample = 0; sample < settings.samples; sample++) words.set(settings.prompt, sample * T);
    queue.writeBuffer(tensors.tokens, 0, words);
    queue.writeBuffer(tensors.settings, 0, packSettings(settings));
    const builder = new PlanBuilder(gpu);
    addByte(builder, gpu, model, settings.samples, tensors, buffers);
    return new Decoder(gpu, config, settings, tensors, buffers, await builder.build(), onDestroy);
  } catch (error) {
    for (const buffer of buffers) gpu.release(buffer);
    throw error;
  }
}

interface DecoderTensors {
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

function allocate(
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

function packSettings({ seed, topK, topP, temperature, prompt }: SamplerSettings): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(32));
  view.setUint32(0, seed, true);
  view.setUint32(4, topK, true);
  view.setFloat32(8, topP, true);
  view.setFloat32(12, temperature, true);
  view.setUint32(16, prompt.length, true);
  return view.buffer;
}

/** The dispatches of one byte: embedding, blocks, logits, draw. */
function addByte(
  plan: PlanBuilder,
  gpu: Gpu,
  { config, layout, parameters, variants }: DecodedModel,
  samples: number,
  tensors: DecoderTensors,
  buffers: GPUBuffer[],
): void {
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
    const shape = { samples, nHead, dQK: dQueryKey / nHead, dV: dModel / nHead, slots: cached.slots };
    plan.add(decodeAttention(shape, variant), {
      query,
      cache,
      state,
      segments: upload('segments', lists.segments),
      headSegments: upload('headSegments', lists.heads),
      attended,
    });
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
}

const REGION_WORDS = 5;
const SEGMENT_WORDS = 12 + REGION_WORDS;

function regionWords(region: CacheRegion): number[] {
  return [region.base, region.period, region.periodStep, region.step, region.keptFrom];
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

export class Decoder implements Sampler {
  readonly #gpu: Gpu;
  readonly #config: ModelConfig;
  readonly #settings: SamplerSettings;
  readonly #tensors: DecoderTensors;
  readonly #buffers: readonly GPUBuffer[];
  readonly #plan: Plan;
  readonly #onDestroy: () => void;
  #position = 0;
  #destroyed = false;

  constructor(
    gpu: Gpu,
    config: ModelConfig,
    settings: SamplerSettings,
    tensors: DecoderTensors,
    buffers: readonly GPUBuffer[],
    plan: Plan,
    onDestroy: () => void,
  ) {
    this.#gpu = gpu;
    this.#config = config;
    this.#settings = settings;
    this.#tensors = tensors;
    this.#buffers = buffers;
    this.#plan = plan;
    this.#onDestroy = onDestroy;
  }

  get position(): number {
    return Math.max(this.#position, this.#settings.prompt.length);
  }

  async next(count: number): Promise<Uint8Array[]> {
    const start = this.position;
    const end = Math.min(this.#config.contextLength, start + count);
    this.#advance(end);
    const { contextLength } = this.#config;
    const words = await Promise.all(
      Array.from({ length: end > start ? this.#settings.samples : 0 }, (_, sample) =>
        this.#gpu.read(this.#tensors.tokens, (end - start) * 4, (sample * contextLength + start) * 4),
      ),
    );
    return words.map((buffer) => Uint8Array.from(new Uint32Array(buffer)).subarray(0, end - start));
  }

  async logits(): Promise<Float32Array> {
    this.#advance(this.position);
    return new Float32Array(
      await this.#gpu.read(this.#tensors.logits, this.#settings.samples * this.#config.vocabSize * 4),
    );
  }

  /** Queues all positions before `end`: those of the prompt, too, go through the model. */
  #advance(end: number): void {
    if (this.#destroyed) throw new EngineError('internal', 'This sampler has been closed.');
    this.#gpu.check();
    const step = this.#gpu.profile.software ? BYTES_PER_SUBMISSION.software : BYTES_PER_SUBMISSION.hardware;
    while (this.#position < end) {
      const until = Math.min(end, this.#position + step);
      const encoder = this.#gpu.device.createCommandEncoder({ label: 'decode' });
      const pass = encoder.beginComputePass();
      for (; this.#position < until; this.#position++) this.#plan.encode(pass);
      pass.end();
      this.#gpu.device.queue.submit([encoder.finish()]);
    }
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const buffer of this.#buffers) this.#gpu.release(buffer);
    this.#onDestroy();
  }
}
