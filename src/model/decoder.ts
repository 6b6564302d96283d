// Cached sampling on the GPU: a plan makes one byte of every sample, and is replayed many times a submission.
// Position, bytes and random numbers live on the GPU, so nothing in the loop waits for the host.

import type { Gpu } from '../gpu/device.ts';
import { type Plan, PlanBuilder } from '../gpu/plan.ts';
import type { AttentionRow, Watch } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { addByte, addStart } from './decode-plan.ts';
import {
  allocateDecoder,
  type DecodedLayer,
  type DecodedModel,
  type DecoderTensors,
} from './decode-tensors.ts';
import { checkDrawing, EngineError, promptLength, type Sampler, type SamplerSettings } from './engine.ts';
import { Watcher } from './watcher.ts';

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
    const start = new PlanBuilder(gpu);
    addStart(start, model, settings.samples, tensors);
    const byte = new PlanBuilder(gpu);
    const layers = await gpu.guard(() => addByte(byte, gpu, model, settings.samples, tensors, buffers));
    const [first, plan] = await Promise.all([start.build(), byte.build()]);
    return new Decoder(gpu, model, settings, { tensors, buffers, start: first, plan, layers }, onDestroy);
  } catch (error) {
    for (const buffer of buffers) gpu.release(buffer);
    throw error;
  }
}

/** A sampler's buffers and the plans over them. */
interface Laid {
  readonly tensors: DecoderTensors;
  readonly buffers: readonly GPUBuffer[];
  /** Lays out the input rows of the first byte to make. */
  readonly start: Plan;
  /** Makes a byte, and lays out the input rows of the next. */
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
  /** Of the next byte to queue. */
  #position = 0;
  /** Whether its input rows are laid out. */
  #started = false;
  /** Up to which bytes were asked for. */
  #asked = 0;
  #bytesPerSubmission: number;
  /** Settles when all that was asked for is queued. */
  #advanced: Promise<void> = Promise.resolve();
  #destroyed = false;

  constructor(gpu: Gpu, model: DecodedModel, settings: SamplerSettings, laid: Laid, onDestroy: () => void) {
    this.#gpu = gpu;
    this.#model = model;
    this.#config = model.config;
    this.#settings = settings;
    this.#laid = laid;
    this.#tensors = laid.tensors;
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

  /**
   * Goes on at a position further back, as if all bytes before it were made, with whatever the cache holds of them: for
   * measuring what a byte costs there.
   */
  async skipTo(position: number): Promise<void> {
    await this.#advanced;
    this.#check();
    const { contextLength } = this.#config;
    if (position < this.#position || position > contextLength) {
      throw new RangeError(
        `from ${this.#position}, position ${position} of ${contextLength} is out of reach`,
      );
    }
    const positions = new Uint32Array(this.#settings.samples).fill(position);
    this.#gpu.device.queue.writeBuffer(this.#tensors.state, 0, positions);
    this.#position = position;
    this.#asked = position;
    this.#started = false;
  }

  async logits(): Promise<Float32Array> {
    await this.#advance(this.position);
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
    await this.#advanced;
    this.#check();
    return this.#watcher?.read() ?? null;
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
      for (; this.#position < until; this.#position++) this.#encode(pass, this.#position === end - 1);
      pass.end();
      const submittedAt = performance.now();
      device.queue.submit([encoder.finish()]);
      if (!whole) break;
      const done = this.#gpu.answer(device.queue.onSubmittedWorkDone()).then(() => {
        const now = performance.now();
        this.#adapt(now - Math.max(submittedAt, lastDone));
        lastDone = now;
      });
      done.catch(() => {}); // Awaited in its turn, if it comes to that; a lost device is noticed by `check`.
      underWay.push(done);
    }
  }

  /** Encodes one byte; what is watched is computed for the last one of a call only. */
  #encode(pass: GPUComputePassEncoder, last: boolean): void {
    const { start, plan } = this.#laid;
    if (!this.#started) start.encode(pass);
    this.#started = true;
    const watcher = last ? this.#watcher : undefined;
    if (!watcher) {
      plan.encode(pass);
      return;
    }
    plan.encode(pass, 0, watcher.end);
    watcher.encode(pass, this.#position);
    plan.encode(pass, watcher.end);
  }

  /** Learns from how long a submission took. */
  #adapt(ms: number): void {
    const { most, least } = SUBMISSION_MS;
    if (ms > most) this.#bytesPerSubmission = Math.max(1, this.#bytesPerSubmission >> 1);
    if (ms < least) this.#bytesPerSubmission = Math.min(this.#mostBytes, this.#bytesPerSubmission * 2);
  }

  #check(): void {
    if (this.#destroyed) throw new EngineError('internal', 'This sampler has been closed.');
    checkDrawing(this.#settings);
    this.#gpu.check();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#watcher?.release();
    for (const buffer of this.#laid.buffers) this.#gpu.release(buffer);
    this.#onDestroy();
  }
}
