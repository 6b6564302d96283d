// The tensors of a forward pass, kept for as long as they are read: queries, keys and log-sum-exp of one layer of one
// batch of windows. Where blocks share their tensors, a layer's are computed again from its residual stream. Others
// may use the engine between two readings; whoever does, leaves other tensors behind, and the pass is repeated.

import type { Gpu } from '../../gpu/device.ts';
import { pacerOf, type Replay } from '../../gpu/pacer.ts';
import { type Plan, PlanBuilder } from '../../gpu/plan.ts';
import { Lazy } from '../../lib/lazy.ts';
import type { Hold } from '../../lib/order.ts';
import type { EngineShape } from '../engine.ts';
import { addAttended } from '../forward.ts';
import type { EngineContext, Evaluation } from '../plans.ts';
import { packTokens } from '../step-uniforms.ts';

/** What reading takes from its engine. */
export interface ReadHost {
  readonly gpu: Gpu;
  readonly context: EngineContext;
  readonly shape: EngineShape;
  readonly evaluation: Lazy<Evaluation>;
  /** Counts the calls that may change the tensors of a forward pass, or its weights. */
  readonly version: () => number;
  /** Puts work on the queue behind all earlier calls; later ones wait for what is held. */
  readonly inOrder: <P, T>(plans: Lazy<P>, queue: (plans: P, hold: Hold) => T | Promise<T>) => T | Promise<T>;
}

/** A plan that reads a layer, and those that make what it reads. */
export interface LayerPlans {
  readonly own: Plan;
  readonly forward: Plan;
  readonly again: Plan | undefined;
}

export class Resident {
  readonly #host: ReadHost;
  readonly #again: readonly Lazy<Plan>[];
  /** What is in the tensors, while the engine's version stays the same. */
  #held: { readonly version: number; readonly tokens: Uint8Array; layer: number } | undefined;

  constructor(host: ReadHost) {
    this.#host = host;
    const { gpu, context } = host;
    this.#again = Array.from({ length: context.config.nLayer }, (_, layer) => {
      return new Lazy(() => {
        const builder = new PlanBuilder(gpu);
        addAttended(builder, context, layer);
        return builder.build();
      });
    });
  }

  get gpu(): Gpu {
    return this.#host.gpu;
  }

  get context(): EngineContext {
    return this.#host.context;
  }

  /** A plan that reads a layer, ready to be read with. */
  plansOf(layer: number, own: Lazy<Plan>): Lazy<LayerPlans> {
    const { evaluation, shape } = this.#host;
    return new Lazy(async () => {
      const again = shape.recompute ? this.#again[layer]!.get() : undefined;
      const [plan, forward, layerAgain] = await Promise.all([own.get(), evaluation.get(), again]);
      return { own: plan, forward: forward.forward, again: layerAgain };
    });
  }

  /**
   * Queues a reading of a layer of at most microBatch windows, behind all earlier calls: first what it reads, unless that
   * is there, then `prepare`, the plan, and `after`.
   */
  async read<T>(
    plans: Lazy<LayerPlans>,
    windows: readonly Uint8Array[],
    layer: number,
    { prepare, after }: { prepare?: () => void; after: () => Promise<T> },
  ): Promise<T> {
    const { result } = await this.#host.inOrder(plans, (made, hold) => {
      const reading = (async () => {
        await pacerOf(this.gpu).submit(this.#missing(made, windows, layer), 'attention');
        prepare?.();
        this.#submit(made.own);
        // In an object, since later calls need not wait for what is read.
        return { result: after() };
      })();
      hold(reading);
      return reading;
    });
    return result;
  }

  /** What has to be computed before a layer can be read; nothing where it is there. */
  #missing({ forward, again }: LayerPlans, windows: readonly Uint8Array[], layer: number): Replay[] {
    const { gpu, context, version } = this.#host;
    const { contextLength, nLayer } = context.config;
    // What a window does not fill stays 0: later bytes change nothing before them.
    const tokens = new Uint8Array(context.microBatch * contextLength);
    for (const [index, window] of windows.entries()) tokens.set(window, index * contextLength);
    const replays: Replay[] = [];
    if (this.#held?.version !== version() || !same(this.#held.tokens, tokens)) {
      const { tokens: buffer } = context.shared;
      const before = () => gpu.device.queue.writeBuffer(buffer, 0, packTokens(tokens));
      replays.push({ plan: forward, before });
      this.#held = { version: version(), tokens, layer: nLayer - 1 };
    }
    if (again && this.#held.layer !== layer) replays.push({ plan: again });
    this.#held.layer = layer;
    return replays;
  }

  #submit(plan: Plan): void {
    const { device } = this.#host.gpu;
    const encoder = device.createCommandEncoder({ label: 'attention' });
    const pass = encoder.beginComputePass();
    plan.encode(pass);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** Runs work with buffers that it allocates by `storage`, and releases them in the end. */
export async function withBuffers<T>(
  gpu: Gpu,
  work: (keep: (buffer: GPUBuffer) => GPUBuffer) => Promise<T>,
): Promise<T> {
  const buffers: GPUBuffer[] = [];
  try {
    return await work((buffer) => {
      buffers.push(buffer);
      return buffer;
    });
  } finally {
    for (const buffer of buffers) gpu.release(buffer);
  }
}

/** What a layer's attention is read from. */
export function layerTensors({ blocks }: EngineContext, layer: number) {
  const { qkv, lse } = blocks[layer]!;
  return { qkv: qkv.buffer, lse: lse.buffer };
}
