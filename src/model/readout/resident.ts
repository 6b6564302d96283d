// The tensors of a forward pass, kept for as long as they are read: queries, keys and log-sum-exp of one layer of one
// batch of windows. Where blocks share their tensors, a layer's are computed again from its residual stream. Others
// may use the engine between two readings; whoever does, leaves other tensors behind, and the pass is repeated.

import type { Gpu } from '../../gpu/device.ts';
import { type Plan, PlanBuilder } from '../../gpu/plan.ts';
import { Lazy } from '../../lib/lazy.ts';
import type { EngineShape } from '../engine.ts';
import { addAttention } from '../forward.ts';
import type { EngineContext } from '../plans.ts';

/** What reading takes from its engine. */
export interface ReadHost {
  readonly gpu: Gpu;
  readonly context: EngineContext;
  readonly shape: EngineShape;
  readonly evaluation: Lazy<Plan>;
  /** Counts what changes the tensors of a forward pass: tokens that go through, weights that are written. */
  readonly version: () => number;
  /** Queues the forward pass of microBatch windows. */
  readonly submitTokens: (tokens: Uint8Array, plan: Plan) => void;
  /** Puts work on the queue behind all earlier calls. */
  readonly inOrder: <P, T>(plans: Lazy<P>, queue: (plans: P) => T | Promise<T>) => T | Promise<T>;
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
        addAttention(builder, context, layer);
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
      return { own: plan, forward, again: layerAgain };
    });
  }

  /**
   * Queues a reading of a layer of at most microBatch windows, behind all earlier calls: first what it reads, unless that
   * is there, then `prepare`, the plan, and `after`.
   */
  read<T>(
    plans: Lazy<LayerPlans>,
    windows: readonly Uint8Array[],
    layer: number,
    { prepare, after }: { prepare?: () => void; after: () => Promise<T> },
  ): Promise<T> {
    return Promise.resolve(
      this.#host.inOrder(plans, (made) => {
        this.#ensure(made, windows, layer);
        prepare?.();
        this.#submit(made.own);
        return after();
      }),
    );
  }

  #ensure({ forward, again }: LayerPlans, windows: readonly Uint8Array[], layer: number): void {
    const { context, version, submitTokens } = this.#host;
    const { contextLength, nLayer } = context.config;
    // What a window does not fill stays 0: later bytes change nothing before them.
    const tokens = new Uint8Array(context.microBatch * contextLength);
    for (const [index, window] of windows.entries()) tokens.set(window, index * contextLength);
    if (this.#held?.version !== version() || !same(this.#held.tokens, tokens)) {
      submitTokens(tokens, forward);
      this.#held = { version: version(), tokens, layer: nLayer - 1 };
    }
    if (again && this.#held.layer !== layer) this.#submit(again);
    this.#held.layer = layer;
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
