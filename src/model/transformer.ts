// The sparse transformer on WebGPU: the engine that replays the plans of src/model/plans.ts.
//
// One micro-batch is one plan (forward, backward), the update another, evaluation a third. All are laid out once,
// over buffers that live as long as the engine; a step only writes tokens and a few numbers, and replays.

import type { Gpu } from '../gpu/device.ts';
import type { Plan } from '../gpu/plan.ts';
import { type KernelVariants, kernelVariants } from '../kernels/index.ts';
import { Lazy } from '../lib/lazy.ts';
import { CallOrder } from '../lib/order.ts';
import type { AttentionMaps, AttentionMapsRequest, AttentionRow, AttentionRowsRequest } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { createDecoder } from './decoder.ts';
import {
  type Engine,
  EngineError,
  type EngineShape,
  type OptimizerState,
  type Sampler,
  type SamplerSettings,
  type StepMetrics,
  type TrainStepRequest,
  type UpdateSettings,
} from './engine.ts';
import type { ParameterLayout } from './parameters.ts';
import { allocateEngine, type EngineContext, lazyPlans, type Plans } from './plans.ts';
import { readMaps } from './readout/maps.ts';
import { Resident } from './readout/resident.ts';
import { readRows } from './readout/rows.ts';
import { packStep } from './step-uniforms.ts';
import { trainingMemory } from './tensors.ts';

const noPlans = Lazy.of(null);

const noUpdate: UpdateSettings = {
  learningRate: 0,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0,
  clipNorm: 1,
};

export interface WebGpuEngineOptions {
  /** Which kernels to use; by default those that suit the adapter. */
  readonly variants?: KernelVariants;
}

/**
 * Lays out a model on an open device; its parameters are zero until `writeState`.
 * @throws EngineError 'out-of-memory' before anything is allocated when a buffer is too large to bind, and after
 * releasing everything when the device runs out.
 */
export async function createWebGpuEngine(
  gpu: Gpu,
  config: ModelConfig,
  shape: EngineShape,
  options: WebGpuEngineOptions = {},
): Promise<WebGpuEngine> {
  const { bytes, largestBytes } = trainingMemory(config, shape);
  if (largestBytes > gpu.maxBindingBytes) {
    const [needed, limit] = [largestBytes, gpu.maxBindingBytes].map(
      (size) => `${Math.ceil(size / 2 ** 20)} MiB`,
    );
    throw new EngineError(
      'out-of-memory',
      `This run needs a buffer of ${needed} (${Math.ceil(bytes / 2 ** 20)} MiB in all); this GPU binds at most ${limit}. Choose a smaller batch, context or width.`,
    );
  }
  const variants = options.variants ?? kernelVariants(gpu.profile);
  const buffers: GPUBuffer[] = [];
  try {
    const context = await gpu.guard(() => allocateEngine(gpu, config, shape, variants, buffers));
    return new WebGpuEngine(gpu, context, shape, buffers);
  } catch (error) {
    for (const buffer of buffers) gpu.release(buffer);
    gpu.check();
    throw error;
  }
}

export class WebGpuEngine implements Engine {
  readonly kind = 'webgpu';
  readonly config: ModelConfig;
  readonly shape: EngineShape;
  readonly layout: ParameterLayout;
  readonly memoryBytes: number;
  readonly gpu: Gpu;
  readonly #context: EngineContext;
  readonly #buffers: readonly GPUBuffer[];
  readonly #plans: Plans;
  readonly #freeStaging: GPUBuffer[] = [];
  readonly #samplers = new Set<Sampler>();
  readonly #order = new CallOrder();
  readonly #resident: Resident;
  /** Counts the tokens that went through and the weights that were written: see `Resident`. */
  #version = 0;
  #closed = false;

  constructor(gpu: Gpu, context: EngineContext, shape: EngineShape, buffers: readonly GPUBuffer[]) {
    this.gpu = gpu;
    this.config = context.config;
    this.layout = context.layout;
    this.shape = shape;
    this.memoryBytes = buffers.reduce((sum, buffer) => sum + buffer.size, 0);
    this.#context = context;
    this.#buffers = buffers;
    this.#plans = lazyPlans(gpu, context, shape);
    this.#resident = new Resident({
      ...{ gpu, context, shape, evaluation: this.#plans.evaluation },
      version: () => this.#version,
      submitTokens: (tokens, plan) => this.#submitTokens(tokens, plan, 'evaluation'),
      inOrder: (plans, queue) => this.#inOrder(plans, queue),
    });
  }

  /** The plans of a step, for timing their dispatches. */
  stepPlans(): Promise<{ readonly training: Plan; readonly update: Plan }> {
    return this.#plans.step.get();
  }

  async trainStep(request: TrainStepRequest): Promise<StepMetrics> {
    const staging = await this.#inOrder(this.#plans.step, ({ training, update }) => {
      this.#forwardBackward(training, request, request);
      const free = this.#freeStaging.pop() ?? this.gpu.staging('metrics', 16);
      const encoder = this.gpu.device.createCommandEncoder({ label: 'update' });
      this.#replay(encoder, update);
      encoder.copyBufferToBuffer(this.#context.shared.metrics, 0, free, 0, 16);
      this.gpu.device.queue.submit([encoder.finish()]);
      return free;
    });
    try {
      await staging.mapAsync(GPUMapMode.READ);
    } catch (error) {
      await this.gpu.settle();
      this.gpu.check();
      throw error;
    }
    const [loss, gradNorm, finite] = new Float32Array(staging.getMappedRange());
    staging.unmap();
    this.#freeStaging.push(staging);
    this.gpu.check();
    return { step: request.step, loss: loss!, gradNorm: gradNorm!, finite: finite === 1 };
  }

  async losses(tokens: Uint8Array): Promise<Float32Array> {
    return this.#evaluate(tokens, this.#context.shared.losses, 1);
  }

  async logits(tokens: Uint8Array): Promise<Float32Array> {
    return this.#evaluate(tokens, this.#context.shared.logits, this.config.vocabSize);
  }

  async attentionRows(request: AttentionRowsRequest): Promise<readonly AttentionRow[]> {
    return readRows(this.#resident, request);
  }

  async attentionMaps(request: AttentionMapsRequest): Promise<AttentionMaps> {
    return readMaps(this.#resident, request);
  }

  async gradients(request: Pick<TrainStepRequest, 'step' | 'seed' | 'tokens'>): Promise<Float32Array> {
    const { gradients, shared } = this.#context;
    const arena = await this.#inOrder(this.#plans.step, ({ training }) => {
      this.#forwardBackward(training, request, noUpdate);
      const reading = this.gpu.read(gradients);
      const encoder = this.gpu.device.createCommandEncoder();
      encoder.clearBuffer(gradients);
      encoder.clearBuffer(shared.lossSum);
      this.gpu.device.queue.submit([encoder.finish()]);
      return reading;
    });
    return new Float32Array(arena).subarray(0, this.layout.arenaSize);
  }

  async readState(): Promise<OptimizerState> {
    const { parameters, moments } = this.#context;
    const bytes = this.layout.arenaSize * 4;
    const arenas = await this.#inOrder(noPlans, () =>
      Promise.all([parameters, moments.m, moments.v].map((buffer) => this.gpu.read(buffer, bytes))),
    );
    const [p, m, v] = arenas.map((arena) => new Float32Array(arena));
    return { parameters: p!, m: m!, v: v! };
  }

  writeState(state: OptimizerState): void {
    const { parameters, moments } = this.#context;
    const arenas = [
      [parameters, state.parameters],
      [moments.m, state.m],
      [moments.v, state.v],
    ] as const;
    for (const [{ label }, { length }] of arenas) {
      if (length !== this.layout.arenaSize) {
        throw new EngineError('internal', `${label} holds ${this.layout.arenaSize} numbers, not ${length}.`);
      }
    }
    // What has to wait must not see what the caller does to the arenas meanwhile.
    const values = arenas.map(([, arena]) => (this.#order.waits ? arena.slice() : arena));
    const writing = this.#inOrder(noPlans, () => {
      this.#version++;
      for (const [index, [buffer]] of arenas.entries()) {
        this.gpu.device.queue.writeBuffer(buffer, 0, values[index] as Float32Array<ArrayBuffer>);
      }
    });
    // What fails then, fails every later call as well.
    void Promise.resolve(writing).catch(() => undefined);
  }

  async createSampler(settings: SamplerSettings): Promise<Sampler> {
    this.#check();
    const sampler = await createDecoder(this.gpu, this.#context, settings, () =>
      this.#samplers.delete(sampler),
    );
    this.#samplers.add(sampler);
    if (this.#closed) sampler.destroy();
    this.#check();
    return sampler;
  }

  /** Releases the engine's buffers; the device stays open. */
  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const sampler of [...this.#samplers]) sampler.destroy();
    for (const buffer of [...this.#buffers, ...this.#freeStaging]) this.gpu.release(buffer);
    this.#freeStaging.length = 0;
  }

  /** Puts work on the GPU's queue, behind all earlier calls, even while those wait for their plans. */
  #inOrder<P, T>(plans: Lazy<P>, queue: (plans: P) => T | Promise<T>): T | Promise<T> {
    this.#check();
    return this.#order.call(plans, (made) => {
      this.#check();
      return queue(made);
    });
  }

  /** Throws when the engine was closed or its device is no longer of use. */
  #check(): void {
    if (this.#closed) throw new EngineError('internal', 'The engine was closed before this could run.');
    this.gpu.check();
  }

  /** Queues the micro-batches of a step. */
  #forwardBackward(
    training: Plan,
    { step, seed, tokens }: Pick<TrainStepRequest, 'step' | 'seed' | 'tokens'>,
    update: UpdateSettings,
  ): void {
    const { accumulation, microBatch } = this.shape;
    const bytes = microBatch * this.config.contextLength;
    if (tokens.length !== accumulation * bytes) {
      throw new EngineError('internal', `A step takes ${accumulation * bytes} bytes, not ${tokens.length}.`);
    }
    for (let index = 0; index < accumulation; index++) {
      this.gpu.device.queue.writeBuffer(this.#context.step, 0, packStep(seed, step, index, update));
      this.#submitTokens(tokens.subarray(index * bytes, (index + 1) * bytes), training, 'training');
    }
  }

  async #evaluate(tokens: Uint8Array, output: GPUBuffer, width: number): Promise<Float32Array> {
    const { contextLength } = this.config;
    if (tokens.length % contextLength !== 0) {
      throw new EngineError('internal', `${tokens.length} bytes are not whole windows of ${contextLength}.`);
    }
    const chunk = this.shape.microBatch * contextLength;
    const result = new Float32Array(tokens.length * width);
    for (let start = 0; start < tokens.length; start += chunk) {
      const part = tokens.subarray(start, start + chunk);
      const padded = part.length === chunk ? part : new Uint8Array(chunk);
      if (padded !== part) padded.set(part);
      const read = await this.#inOrder(this.#plans.evaluation, (plan) => {
        this.#submitTokens(padded, plan, 'evaluation');
        return this.gpu.read(output, part.length * width * 4);
      });
      result.set(new Float32Array(read), start * width);
    }
    return result;
  }

  #submitTokens(tokens: Uint8Array, plan: Plan, label: string): void {
    const { device } = this.gpu;
    this.#version++;
    const words = new Uint8Array(Math.ceil(tokens.length / 4) * 4);
    words.set(tokens);
    device.queue.writeBuffer(this.#context.shared.tokens, 0, words);
    const encoder = device.createCommandEncoder({ label });
    this.#replay(encoder, plan);
    device.queue.submit([encoder.finish()]);
  }

  #replay(encoder: GPUCommandEncoder, plan: Plan): void {
    const pass = encoder.beginComputePass();
    plan.encode(pass);
    pass.end();
  }
}
