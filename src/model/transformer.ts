// The sparse transformer on WebGPU: the engine that replays the plans of src/model/plans.ts.
//
// One micro-batch is one plan (forward, backward), the update another, evaluation a third. All are laid out once,
// over buffers that live as long as the engine; a step only writes tokens and a few numbers, and replays.

import type { Gpu } from '../gpu/device.ts';
import { GIVEN_UP, pacerOf, type Replay } from '../gpu/pacer.ts';
import type { Plan } from '../gpu/plan.ts';
import { fitHeads, type KernelVariants, kernelVariants, storageOf } from '../kernels/index.ts';
import { Failure } from '../lib/errors.ts';
import { Lazy } from '../lib/lazy.ts';
import { CallOrder, type Hold } from '../lib/order.ts';
import { headWidths, type ModelConfig } from './config.ts';
import { createDecoder, type Decoder } from './decoder.ts';
import {
  type Engine,
  EngineError,
  type EngineShape,
  type OptimizerState,
  type Sampler,
  type SamplerSettings,
  type StepMetrics,
  type TrainStepRequest,
} from './engine.ts';
import { byMicroBatches, type EvaluationReader, readLogits, readLosses } from './evaluation.ts';
import { writeLossScale } from './loss-scale.ts';
import { clearGradients, microBatches, noUpdate } from './micro-batches.ts';
import type { ParameterLayout } from './parameters.ts';
import { allocateEngine, type EngineContext, lazyPlans, type Plans } from './plans.ts';
import { readMaps } from './readout/maps.ts';
import { Resident } from './readout/resident.ts';
import { readRows } from './readout/rows.ts';
import { requireBindable } from './tensors.ts';

const noPlans = Lazy.of(null);

export interface WebGpuEngineOptions {
  /** Which kernels to use; by default those that suit the adapter. */
  readonly variants?: KernelVariants;
  /** Rows of a range of tokens (src/model/ranges.ts), a multiple of `RANGE_STEP`; by default as many as fit. */
  readonly rangeRows?: number;
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
  requireBindable(config, shape, gpu.maxBindingBytes);
  const storage = storageOf(shape.precision);
  const suitable = { ...(options.variants ?? kernelVariants(gpu.profile, storage)), storage };
  const variants = fitHeads(suitable, headWidths(config), gpu.profile.workgroupStorageBytes);
  const buffers: GPUBuffer[] = [];
  try {
    const context = await gpu.guard(() =>
      allocateEngine(gpu, config, shape, { ...options, variants }, buffers),
    );
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
  /** Counts the calls that may change what a forward pass left: see `Resident`. */
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
      inOrder: (plans, queue) => this.#inOrder(plans, queue, true),
    });
    writeLossScale(gpu, context, shape, undefined);
  }

  /** The plans of a step, for timing their dispatches. */
  stepPlans(): Promise<{ readonly training: Plan; readonly update: Plan }> {
    return this.#plans.step.get();
  }

  async trainStep(request: TrainStepRequest, stopped?: () => boolean): Promise<StepMetrics> {
    const { staging, submitted, ...measured } = await this.#inOrder(
      this.#plans.step,
      ({ training, update }, hold) => {
        const free = this.#freeStaging.pop() ?? this.gpu.staging('metrics', 16);
        const { metrics } = this.#context.shared;
        const after = (encoder: GPUCommandEncoder) => encoder.copyBufferToBuffer(metrics, 0, free, 0, 16);
        const replays = [
          ...microBatches(this.gpu, this.#context, this.shape, training, request),
          { plan: update, after },
        ];
        const work = replays.reduce((sum, { plan }) => sum + plan.work, 0);
        const submittedAt = performance.now();
        return { staging: free, submitted: this.#submitStep(replays, hold, stopped), work, submittedAt };
      },
    );
    // Without a wait where there is nothing to wait for.
    const stoppedMidway = submitted && (await submitted);
    if (stoppedMidway) {
      this.#freeStaging.push(staging);
      throw new Failure('cancelled', `Step ${request.step} was given up before it changed anything.`);
    }
    await this.gpu.answer(staging.mapAsync(GPUMapMode.READ));
    if (!submitted) pacerOf(this.gpu).learn(measured.work, measured.submittedAt);
    const [loss, gradNorm, finite] = new Float32Array(staging.getMappedRange());
    staging.unmap();
    this.#freeStaging.push(staging);
    this.gpu.check();
    return { step: request.step, loss: loss!, gradNorm: gradNorm!, finite: finite !== 0 };
  }

  async losses(tokens: Uint8Array): Promise<Float32Array> {
    return this.#evaluate(tokens, 1, readLosses);
  }

  async logits(tokens: Uint8Array): Promise<Float32Array> {
    return this.#evaluate(tokens, this.config.vocabSize, readLogits);
  }

  attentionRows: Engine['attentionRows'] = (request) => readRows(this.#resident, request);
  attentionMaps: Engine['attentionMaps'] = (request) => readMaps(this.#resident, request);

  async gradients(request: Pick<TrainStepRequest, 'step' | 'seed' | 'tokens'>): Promise<Float32Array> {
    const reading = await this.#inOrder(this.#plans.step, ({ training }, hold) => {
      const arena = (async () => {
        const replays = microBatches(this.gpu, this.#context, this.shape, training, {
          ...request,
          ...noUpdate,
        });
        await pacerOf(this.gpu).submit(replays, 'gradients');
        const read = Promise.all([
          this.gpu.read(this.#context.gradients),
          this.gpu.read(this.#context.shared.lossScale),
        ]);
        clearGradients(this.gpu, this.#context);
        return { read };
      })();
      hold(arena);
      return arena;
    });
    const [arena, state] = (await reading.read).map((bytes) => new Float32Array(bytes));
    const scale = state![0]!;
    return arena!.subarray(0, this.layout.arenaSize).map((value) => value / scale);
  }

  async readState(): Promise<OptimizerState> {
    const { parameters, moments, shared } = this.#context;
    const { arenaSize } = this.layout;
    const read = await this.#inOrder(noPlans, () =>
      Promise.all(
        [parameters, moments.m, moments.v, shared.lossScale].map((buffer) => this.gpu.read(buffer)),
      ),
    );
    const [p, m, v, scaling] = read.map((bytes) => new Float32Array(bytes));
    const [scale, steps] = scaling!;
    const arena = (values: Float32Array) => values.subarray(0, arenaSize);
    const state = { parameters: arena(p!), m: arena(m!), v: arena(v!) };
    return this.shape.precision === 'mixed'
      ? { ...state, lossScale: { scale: scale!, steps: steps! } }
      : state;
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
    const { lossScale } = state;
    const values = arenas.map(([, arena]) => (this.#order.waits ? arena.slice() : arena));
    const writing = this.#inOrder(noPlans, () => {
      for (const [index, [buffer]] of arenas.entries()) {
        this.gpu.device.queue.writeBuffer(buffer, 0, values[index] as Float32Array<ArrayBuffer>);
      }
      // These weights have seen no step that was not finite.
      this.gpu.device.queue.writeBuffer(this.#context.shared.halt, 0, new Uint32Array(1));
      writeLossScale(this.gpu, this.#context, this.shape, lossScale);
    });
    // What fails then, fails every later call as well.
    void Promise.resolve(writing).catch(() => undefined);
  }

  async createSampler(settings: SamplerSettings): Promise<Decoder> {
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

  /** Puts work on the GPU's queue, behind all earlier calls, even while those wait for their plans or are long. */
  #inOrder<P, T>(
    plans: Lazy<P>,
    queue: (plans: P, hold: Hold) => T | Promise<T>,
    reading = false,
  ): T | Promise<T> {
    this.#check();
    return this.#order.call(plans, (made, hold) => {
      this.#check();
      if (!reading) this.#version++;
      return queue(made, hold);
    });
  }

  /** Throws when the engine was closed or its device is no longer of use. */
  #check(): void {
    if (this.#closed) throw new EngineError('internal', 'The engine was closed before this could run.');
    this.gpu.check();
  }

  /** Submits a step; where that takes time, resolves with whether it was stopped, which leaves no trace. */
  #submitStep(
    replays: readonly Replay[],
    hold: Hold,
    stopped: (() => boolean) | undefined,
  ): undefined | Promise<boolean> {
    const gone = () => this.#closed || stopped?.() === true;
    // A step behind one that was given up must not be taken either, short as it may be.
    const submitting = gone()
      ? Promise.resolve(GIVEN_UP)
      : pacerOf(this.gpu).submit(replays, 'training', gone);
    if (!submitting) return undefined;
    const submitted = submitting.then((outcome) => {
      this.#check();
      if (outcome === GIVEN_UP) clearGradients(this.gpu, this.#context);
      return outcome === GIVEN_UP;
    });
    hold(submitted);
    return submitted;
  }

  /** `read` runs a micro-batch and yields `width` numbers a byte. */
  #evaluate(tokens: Uint8Array, width: number, read: EvaluationReader): Promise<Float32Array> {
    const windows = { contextLength: this.config.contextLength, microBatch: this.shape.microBatch, width };
    return byMicroBatches(tokens, windows, async (micro) =>
      this.#inOrder(this.#plans.evaluation, (plans, hold) => {
        const reading = read(this.gpu, this.#context, plans, micro);
        hold(reading);
        return reading;
      }),
    );
  }
}
