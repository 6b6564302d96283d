// Cached sampling on the GPU: a plan makes one byte of every sample, and is replayed many times a submission.
// Position, bytes and random numbers live on the GPU, so nothing in the loop waits for the host.

import type { Gpu } from '../gpu/device.ts';
import { type Plan, PlanBuilder } from '../gpu/plan.ts';
import type { AttentionRow, Watch } from './attention.ts';
import type { ModelConfig } from './config.ts';
import {
  addByte,
  allocateDecoder,
  type DecodedLayer,
  type DecodedModel,
  type DecoderTensors,
  packSettings,
} from './decode-plan.ts';
import { EngineError, promptLength, promptsOf, type Sampler, type SamplerSettings } from './engine.ts';
import { Watcher } from './watcher.ts';

/** Bytes of each sample made in one submission: short enough to stay responsive on a slow adapter. */
const BYTES_PER_SUBMISSION = { software: 4, hardware: 32 };

/** Lays out a sampler over an engine's parameters, which it reads as they are when a byte is made. */
export async function createDecoder(
  gpu: Gpu,
  model: DecodedModel,
  settings: SamplerSettings,
  onDestroy: () => void,
): Promise<Decoder> {
  const { config } = model;
  const { contextLength: T } = config;
  const length = promptLength(settings);
  if (length >= T) {
    throw new EngineError(
      'bad-config',
      `A prompt may have ${T - 1} bytes at most (this model sees ${T}); it has ${length}.`,
    );
  }
  const buffers: GPUBuffer[] = [];
  try {
    const tensors = await gpu.guard(() => allocateDecoder(gpu, config, settings, buffers));
    const { queue } = gpu.device;
    const words = new Uint32Array(settings.samples * T);
    for (const [sample, prompt] of promptsOf(settings).entries()) words.set(prompt, sample * T);
    queue.writeBuffer(tensors.tokens, 0, words);
    queue.writeBuffer(tensors.settings, 0, packSettings(settings));
    const builder = new PlanBuilder(gpu);
    const layers = addByte(builder, gpu, model, settings.samples, tensors, buffers);
    const plan = await builder.build();
    return new Decoder(gpu, model, settings, { tensors, buffers, plan, layers }, onDestroy);
  } catch (error) {
    for (const buffer of buffers) gpu.release(buffer);
    throw error;
  }
}

/** A sampler's buffers and the plan over them. */
interface Laid {
  readonly tensors: DecoderTensors;
  readonly buffers: readonly GPUBuffer[];
  readonly plan: Plan;
  readonly layers: readonly DecodedLayer[];
}

export class Decoder implements Sampler {
  readonly #gpu: Gpu;
  readonly #model: DecodedModel;
  readonly #config: ModelConfig;
  readonly #settings: SamplerSettings;
  readonly #laid: Laid;
  readonly #tensors: DecoderTensors;
  readonly #onDestroy: () => void;
  #watcher: Watcher | undefined;
  #position = 0;
  #destroyed = false;

  constructor(gpu: Gpu, model: DecodedModel, settings: SamplerSettings, laid: Laid, onDestroy: () => void) {
    this.#gpu = gpu;
    this.#model = model;
    this.#config = model.config;
    this.#settings = settings;
    this.#laid = laid;
    this.#tensors = laid.tensors;
    this.#onDestroy = onDestroy;
  }

  get position(): number {
    return Math.max(this.#position, promptLength(this.#settings));
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

  async watch(watched: Watch | null): Promise<void> {
    this.#check();
    if (watched && this.#watcher?.watch(watched)) return;
    this.#watcher?.release();
    this.#watcher = undefined;
    if (!watched) return;
    const layer = this.#laid.layers[watched.layer];
    if (!layer) throw new EngineError('internal', `There is no layer ${watched.layer} to watch.`);
    const watcher = await Watcher.create(this.#gpu, this.#model, layer, watched);
    if (this.#destroyed) watcher.release();
    this.#check();
    this.#watcher = watcher;
  }

  async watched(): Promise<AttentionRow | null> {
    this.#check();
    return this.#watcher?.read() ?? null;
  }

  #check(): void {
    if (this.#destroyed) throw new EngineError('internal', 'This sampler has been closed.');
    this.#gpu.check();
  }

  /** Queues all positions before `end`: those of the prompt, too, go through the model. */
  #advance(end: number): void {
    this.#check();
    const step = this.#gpu.profile.software ? BYTES_PER_SUBMISSION.software : BYTES_PER_SUBMISSION.hardware;
    while (this.#position < end) {
      const until = Math.min(end, this.#position + step);
      const encoder = this.#gpu.device.createCommandEncoder({ label: 'decode' });
      const pass = encoder.beginComputePass();
      for (; this.#position < until; this.#position++) this.#encode(pass, this.#position === end - 1);
      pass.end();
      this.#gpu.device.queue.submit([encoder.finish()]);
    }
  }

  /** Encodes one byte; what is watched is computed for the last one of a call only. */
  #encode(pass: GPUComputePassEncoder, last: boolean): void {
    const { plan } = this.#laid;
    const watcher = last ? this.#watcher : undefined;
    if (!watcher) {
      plan.encode(pass);
      return;
    }
    plan.encode(pass, 0, watcher.end);
    watcher.encode(pass, this.#position);
    plan.encode(pass, watcher.end);
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#watcher?.release();
    for (const buffer of this.#laid.buffers) this.#gpu.release(buffer);
    this.#onDestroy();
  }
}
