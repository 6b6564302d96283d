// Gives the GPU work in submissions that are short, so that it stays free for others (the page is drawn with it, and
// systems end what keeps it for seconds), and so that long work can be given up. How much fits into one is learnt from
// how long work took before. Work that fits into a few is submitted at once; longer work as it is done.

import type { Gpu } from './device.ts';
import type { Plan, PlanPart } from './plan.ts';
import { Rate, type Timed } from './rate.ts';

/** A submission takes about so long; less than a third of what is allowed, as the estimate is one for all kernels. */
const SUBMISSION_MS = 90;
/** Work of up to so many submissions is not waited for. */
const SUBMITTED_AT_ONCE = 3;
/** Longer work has so many under way: one that runs, and one that waits for it. */
const UNDER_WAY = 2;
/**
 * Dispatches of the first submission of short work, and each after it has at most twice as many: a GPU that is idle
 * begins with these while the others are encoded.
 */
const FIRST_DISPATCHES = 4;
/** What such work is cut into is learnt anew after so long. */
const LESSON_MS = 400;
/** Operations a second before anything was measured: of a CPU's core or two, and of a small GPU. */
const FIRST_GUESS = { software: 1e9, hardware: 1e11 };
/** Fewer workgroups at once would leave a GPU idle; a CPU is busy with a few. */
const FEWEST_WORKGROUPS = { software: 4, hardware: 256 };

/** A replay of a plan: what is written before it, and copied after it in the same submission. */
export interface Replay {
  readonly plan: Plan;
  readonly before?: () => void;
  readonly after?: (encoder: GPUCommandEncoder) => void;
}

/** What `submit` resolves with when it was told to stop. */
export const GIVEN_UP = Symbol('given up');

const pacers = new WeakMap<Gpu, Pacer>();

/** The device's pacer: all that use a device learn together how fast it is. */
export function pacerOf(gpu: Gpu): Pacer {
  const pacer = pacers.get(gpu) ?? new Pacer(gpu);
  pacers.set(gpu, pacer);
  return pacer;
}

class Pacer {
  readonly #gpu: Gpu;
  readonly #rate: Rate;
  /** When the work before was done, as far as the host knows. */
  #lastDone = 0;

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
    this.#rate = new Rate(gpu.profile.software ? FIRST_GUESS.software : FIRST_GUESS.hardware);
  }

  /**
   * Submits replays in order: at once, and returns undefined, or piece by piece, and resolves when the last is
   * submitted. Between pieces `stopped` is asked; after a yes nothing more is submitted.
   */
  submit(
    replays: readonly Replay[],
    label: string,
    stopped: () => boolean = () => false,
  ): undefined | Promise<undefined | typeof GIVEN_UP> {
    const work = replays.reduce((sum, { plan }) => sum + plan.work, 0);
    if (work > SUBMITTED_AT_ONCE * this.#budget) {
      return this.#submitSlowly(this.#pieces(replays), label, stopped);
    }
    for (const piece of this.#pieces(replays, FIRST_DISPATCHES)) this.#submitPiece(piece, label);
    return undefined;
  }

  /** Learns from work that was submitted at once at `submittedAt`, by the clock of `performance`, and is done now. */
  learn(work: number, submittedAt: number): void {
    const now = performance.now();
    this.#rate.learn([{ work, ms: now - Math.max(submittedAt, this.#lastDone) }]);
    this.#lastDone = now;
  }

  /** Believes that the device computes so much a second, until it has learnt better. */
  assume(operationsPerSecond: number): void {
    this.#rate.assume(operationsPerSecond);
  }

  get #budget(): number {
    return (this.#rate.perSecond * SUBMISSION_MS) / 1000;
  }

  /** The pieces of replays, each cut when it is asked for, by what is known then; the first few may be short. */
  *#pieces(replays: readonly Replay[], firstDispatches = Infinity): Generator<Piece> {
    const fewest = this.#gpu.profile.software ? FEWEST_WORKGROUPS.software : FEWEST_WORKGROUPS.hardware;
    let first = firstDispatches;
    for (const { plan, before, after } of replays) {
      let piece: Piece | undefined;
      for (const part of plan.parts(() => this.#budget, fewest, first)) {
        if (piece) yield piece;
        piece = piece ? { part } : { part, ...(before && { before }) };
      }
      if (piece) yield { ...piece, ...(after && { after }) };
      first = Infinity;
    }
  }

  async #submitSlowly(
    pieces: Iterable<Piece>,
    label: string,
    stopped: () => boolean,
  ): Promise<undefined | typeof GIVEN_UP> {
    const underWay: Promise<void>[] = [];
    let times: Timed[] = [];
    for (const piece of pieces) {
      if (underWay.length >= UNDER_WAY) await underWay.shift();
      this.#gpu.check();
      if (stopped()) return GIVEN_UP;
      const submittedAt = performance.now();
      this.#submitPiece(piece, label);
      const done = this.#gpu.answer(this.#gpu.device.queue.onSubmittedWorkDone()).then(() => {
        const now = performance.now();
        times.push({ work: piece.part.work, ms: now - Math.max(submittedAt, this.#lastDone) });
        this.#lastDone = now;
        if (times.reduce((sum, { ms }) => sum + ms, 0) < LESSON_MS) return;
        this.#rate.learn(times);
        times = [];
      });
      done.catch(() => {}); // Awaited in its turn, if it comes to that; a lost device is noticed by `check`.
      underWay.push(done);
    }
    void Promise.allSettled(underWay).then(() => this.#rate.learn(times));
    return undefined;
  }

  #submitPiece({ part, before, after }: Piece, label: string): void {
    const { device } = this.#gpu;
    before?.();
    const encoder = device.createCommandEncoder({ label });
    const pass = encoder.beginComputePass();
    part.encode(pass);
    pass.end();
    after?.(encoder);
    device.queue.submit([encoder.finish()]);
  }
}

/** One submission. */
interface Piece {
  readonly part: PlanPart;
  readonly before?: () => void;
  readonly after?: (encoder: GPUCommandEncoder) => void;
}
