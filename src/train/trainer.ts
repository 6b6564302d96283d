// The training loop over any engine. It always stops at a step border with nothing in flight, so that pausing,
// sampling, saving and stopping are all the same: `run` returns, and may be called again.

import { WindowReader } from '../data/windows.ts';
import { breather } from '../lib/breathe.ts';
import { Failure } from '../lib/errors.ts';
import type { TrainingConfig } from '../model/config.ts';
import type { Engine, StepMetrics } from '../model/engine.ts';
import type { Progress, Snapshot } from '../model/snapshot.ts';
import type { EvaluationEvent, StepEvent } from '../protocol/index.ts';
import { evaluate } from './evaluate.ts';
import { learningRateAt, shareDone } from './schedule.ts';

export interface TrainerOptions {
  readonly engine: Engine;
  readonly training: TrainingConfig;
  /** Training bytes, at least one window; held-out bytes, at least one: `splitDataset`. */
  readonly data: { readonly train: Uint8Array; readonly val: Uint8Array };
  /** Bytes of a picture, so that a window is one; 1 for text and sound: `itemBytes(medium)`. */
  readonly itemBytes?: number;
  /** Where to begin or go on: `freshSnapshot` for a new run. */
  readonly from: Snapshot;
  readonly onStep?: (event: StepEvent) => void;
  readonly onEvaluation?: (event: EvaluationEvent) => void;
  /** Milliseconds of any steady clock. */
  readonly now?: () => number;
}

/** Steps given to the engine before the first of them must be done: the GPU never waits for this loop. */
const QUEUED_STEPS = 2;
/** Held-out bytes scored during training at most, and an eighth of the bytes trained on since the last time. */
const EVALUATION_BYTES = 2 ** 16;
/** Held-out bytes scored at the end. */
const FINAL_EVALUATION_BYTES = 2 ** 20;
/** Step times over which the speed is averaged, since results may arrive in bursts. */
const SPEED_STEPS = 16;

interface QueuedStep {
  /** Where the run stood. */
  readonly before: Progress;
  readonly learningRate: number;
  readonly metrics: Promise<StepMetrics>;
}

export class Trainer {
  readonly #options: TrainerOptions;
  readonly #reader: WindowReader;
  readonly #now: () => number;
  #progress: Progress;
  #stepTimes: number[] = [];
  #isFirst = true;
  /** An engine that computes on this thread would otherwise keep it from ever receiving a message. */
  readonly #breathe = breather();

  constructor(options: TrainerOptions) {
    const { engine, training, data, itemBytes, from } = options;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#reader = new WindowReader(data.train, engine.config.contextLength, training.seed, itemBytes);
    this.#progress = from.progress;
    engine.writeState(from.state);
  }

  /** Where the run stands; between calls of `run` only. */
  get progress(): Progress {
    return this.#progress;
  }

  /** True when all steps are done, or the time is over, and the result is evaluated. */
  get finished(): boolean {
    return this.#ended && !this.#evaluationDue;
  }

  /**
   * Trains until the run's steps or minutes are over or `until`, asked before each step, says so. `stopped`, which only a person makes
   * true, is asked within long steps too, and leaves them undone. Throws a `Failure` 'diverged' when loss or gradient is
   * not finite, and the engine's own errors; the steps since the last snapshot are then lost.
   */
  async run(until: () => boolean = () => false, stopped: () => boolean = () => false): Promise<void> {
    const inFlight: QueuedStep[] = [];
    // One that is stopped takes all behind it along.
    let cancelled = false;
    const stop = () => {
      cancelled ||= stopped();
      return cancelled;
    };
    this.#stepTimes = [this.#now()];
    try {
      for (;;) {
        const goOn = !cancelled && !until();
        const evaluationDue = this.#evaluationDue;
        const stepDue = goOn && !evaluationDue && !this.#ended;
        if (stepDue && inFlight.length < QUEUED_STEPS) {
          inFlight.push(this.#queueStep(stop));
          continue;
        }
        if (inFlight.length > 0) {
          const { before, learningRate, metrics } = inFlight.shift()!;
          const done = await unlessCancelled(metrics);
          if (done) {
            this.#completeStep(done, learningRate);
          } else {
            this.#progress = { ...before, seconds: this.#progress.seconds };
            await Promise.allSettled(inFlight.splice(0).map((step) => step.metrics));
          }
          await this.#breathe();
        } else if (goOn && evaluationDue) {
          await this.#evaluate(until);
        } else {
          return;
        }
      }
    } finally {
      await Promise.allSettled(inFlight.map(({ metrics }) => metrics));
    }
  }

  /** Copies all that the next step depends on to this side. Between calls of `run` only. */
  async snapshot(): Promise<Snapshot> {
    const progress = this.#progress;
    return { progress, state: await this.#options.engine.readState() };
  }

  get #ended(): boolean {
    return shareDone(this.#progress, this.#options.training) >= 1;
  }

  get #evaluationDue(): boolean {
    const { step, evaluation } = this.#progress;
    const { evaluateEvery } = this.#options.training;
    return step > 0 && (step % evaluateEvery === 0 || this.#ended) && evaluation?.step !== step;
  }

  get #bytesPerStep(): number {
    const { shape, config } = this.#options.engine;
    return shape.microBatch * shape.accumulation * config.contextLength;
  }

  #queueStep(stopped: () => boolean): QueuedStep {
    const { engine, training } = this.#options;
    const before = this.#progress;
    const { step, cursor } = before;
    const { tokens, next } = this.#reader.read(cursor, engine.shape.microBatch * engine.shape.accumulation);
    this.#progress = { ...this.#progress, step: step + 1, cursor: next };
    const { seed, beta1, beta2, eps, weightDecay, clipNorm } = training;
    const learningRate = learningRateAt(before, training);
    const update = { learningRate, beta1, beta2, eps, weightDecay, clipNorm };
    const metrics = engine.trainStep({ step, seed, tokens, ...update }, stopped);
    metrics.catch(() => {}); // It is awaited in its turn; until then a failure is not an unhandled one.
    return { before, learningRate, metrics };
  }

  #completeStep({ step, loss, gradNorm, finite }: StepMetrics, learningRate: number): void {
    if (!finite) throw diverged(step, learningRate);
    const times = this.#stepTimes;
    const now = this.#now();
    const seconds = this.#progress.seconds + (now - times.at(-1)!) / 1000;
    this.#progress = { ...this.#progress, seconds };
    times.push(now);
    if (times.length > SPEED_STEPS + 1) times.shift();
    const bytes = (times.length - 1) * this.#bytesPerStep;
    this.#options.onStep?.({
      step,
      loss,
      bitsPerByte: loss / Math.LN2,
      learningRate,
      gradNorm,
      tokensPerSecond: (1000 * bytes) / Math.max(now - times[0]!, 1e-3),
      seconds,
    });
    // The first step waits for kernels to be compiled: it says nothing of those that follow.
    if (this.#isFirst) this.#stepTimes = [now];
    this.#isFirst = false;
  }

  async #evaluate(until: () => boolean): Promise<void> {
    const { engine, training, data, onEvaluation } = this.#options;
    const { step, best } = this.#progress;
    const trainedBytes = training.evaluateEvery * this.#bytesPerStep;
    const maxBytes = this.#ended ? FINAL_EVALUATION_BYTES : Math.min(EVALUATION_BYTES, trainedBytes / 8);
    const result = await evaluate(engine, data.val, { maxBytes, until });
    if (!result) return;
    if (!Number.isFinite(result.bitsPerByte)) {
      throw diverged(step, learningRateAt(this.#progress, training));
    }
    const evaluation = { step, bitsPerByte: result.bitsPerByte };
    const better = !best || evaluation.bitsPerByte < best.bitsPerByte;
    this.#progress = { ...this.#progress, evaluation, best: better ? evaluation : best };
    onEvaluation?.(evaluation);
    this.#stepTimes = [this.#now()];
  }
}

const diverged = (step: number, learningRate: number) =>
  new Failure(
    'diverged',
    `Training stopped at step ${step}: the loss is no longer a number (learning rate ${learningRate.toPrecision(3)}). ` +
      'Lower the learning rate or lengthen the warm-up, and start again.',
  );

/** What a step measured; undefined when it was given up. */
async function unlessCancelled(metrics: Promise<StepMetrics>): Promise<StepMetrics | undefined> {
  try {
    return await metrics;
  } catch (error) {
    if (error instanceof Failure && error.code === 'cancelled') return undefined;
    throw error;
  }
}
