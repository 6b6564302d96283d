// Cached sampling on the GPU: a plan makes one byte of every sample, and is replayed many times a submission.
// Position, bytes and random numbers live on the GPU, so nothing in the loop waits for the host.

import type { Gpu } from '../gpu/device.ts';
import { type Plan, PlanBuilder } from '../gpu/plan.ts';
import type { ModelConfig } from './config.ts';
import {
  addByte,
  allocateDecoder,
  type DecodedModel,
  type DecoderTensors,
  packSettings,
} from './decode-plan.ts';
import { EngineError, promptLength, promptsOf, type Sampler, type SamplerSettings } from './engine.ts';

/** Bytes of each sample made in one submission at most; fewer where that takes long. */
const BYTES_PER_SUBMISSION = { software: 4, hardware: 32 };
/** A submission that takes longer is followed by one half as long, one that takes less by a longer one. */
const SUBMISSION_MS = { most: 150, least: 40 };
/** Submissions under way: a long prompt, queued whole, would take all the memory that the GPU's driver has. */
const UNDER_WAY = 4;

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
    addByte(builder, gpu, model, settings.samples, tensors, buffers);
    return new Decoder(gpu, config, settings, tensors, buffers, await builder.build(), onDestroy);
  } catch (error) {
    for (const buffer of buffers) gpu.release(buffer);
    throw error;
  }
}

export class Decoder implements Sampler {
  readonly #gpu: Gpu;
  readonly #config: ModelConfig;
  readonly #settings: SamplerSettings;
  readonly #tensors: DecoderTensors;
  readonly #buffers: readonly GPUBuffer[];
  readonly #plan: Plan;
  readonly #onDestroy: () => void;
  /** Of the next byte to queue. */
  #position = 0;
  /** Up to which bytes were asked for. */
  #asked = 0;
  #bytesPerSubmission: number;
  /** Settles when all that was asked for is queued. */
  #advanced: Promise<void> = Promise.resolve();
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
    this.#bytesPerSubmission = this.#mostBytes;
  }

  get position(): number {
    return Math.max(this.#asked, promptLength(this.#settings));
  }

  async next(count: number): Promise<Uint8Array[]> {
    const { contextLength } = this.#config;
    const start = this.position;
    const end = Math.min(contextLength, start + count);
    await this.#advance(end);
    const words = await Promise.all(
      Array.from({ length: end > start ? this.#settings.samples : 0 }, (_, sample) =>
        this.#gpu.read(this.#tensors.tokens, (end - start) * 4, (sample * contextLength + start) * 4),
      ),
    );
    return words.map((buffer) => Uint8Array.from(new Uint32Array(buffer)).subarray(0, end - start));
  }

  async logits(): Promise<Float32Array> {
    await this.#advance(this.position);
    return new Float32Array(
      await this.#gpu.read(this.#tensors.logits, this.#settings.samples * this.#config.vocabSize * 4),
    );
  }

  get #mostBytes(): number {
    return this.#gpu.profile.software ? BYTES_PER_SUBMISSION.software : BYTES_PER_SUBMISSION.hardware;
  }

  /** Queues all positions before `end`, behind those asked for before: those of the prompt, too, go through the model. */
  #advance(end: number): Promise<void> {
    this.#asked = Math.max(this.#asked, end);
    const advanced = this.#advanced.then(() => this.#queue(end));
    this.#advanced = advanced.catch(() => {});
    return advanced;
  }

  async #queue(end: number): Promise<void> {
    const { device } = this.#gpu;
    const underWay: Promise<void>[] = [];
    let lastDone = 0;
    this.#check();
    while (this.#position < end) {
      if (underWay.length >= UNDER_WAY) await underWay.shift();
      this.#check();
      const until = Math.min(end, this.#position + this.#bytesPerSubmission);
      const whole = until - this.#position === this.#bytesPerSubmission;
      const encoder = device.createCommandEncoder({ label: 'decode' });
      const pass = encoder.beginComputePass();
      for (; this.#position < until; this.#position++) this.#plan.encode(pass);
      pass.end();
      const submittedAt = performance.now();
      device.queue.submit([encoder.finish()]);
      if (!whole) break;
      const done = device.queue.onSubmittedWorkDone().then(() => {
        const now = performance.now();
        this.#adapt(now - Math.max(submittedAt, lastDone));
        lastDone = now;
      });
      done.catch(() => {}); // Awaited in its turn, if it comes to that; a lost device is noticed by `check`.
      underWay.push(done);
    }
  }

  /** Learns from how long a submission took. */
  #adapt(ms: number): void {
    const { most, least } = SUBMISSION_MS;
    if (ms > most) this.#bytesPerSubmission = Math.max(1, this.#bytesPerSubmission >> 1);
    if (ms < least) this.#bytesPerSubmission = Math.min(this.#mostBytes, this.#bytesPerSubmission * 2);
  }

  #check(): void {
    if (this.#destroyed) throw new EngineError('internal', 'This sampler has been closed.');
    this.#gpu.check();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const buffer of this.#buffers) this.#gpu.release(buffer);
    this.#onDestroy();
  }
}
