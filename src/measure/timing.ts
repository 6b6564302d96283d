// How long GPU work takes, by the clock of the host: repeated until the waiting no longer matters, nothing
// subtracted. So the same numbers can be had in a browser, whose timestamps are coarse, and in Node.

import type { Gpu } from '../gpu/device.ts';
import type { Plan } from '../gpu/plan.ts';
import { median } from '../gpu/timing.ts';

export interface Timing {
  /** Median. */
  readonly ms: number;
  /** First and third quartile. */
  readonly spreadMs: readonly [number, number];
  readonly runs: number;
}

interface Effort {
  /** One run repeats the work for about so long. */
  readonly runMs: number;
  /** Runs go on for so long, within the limits below. */
  readonly totalMs: number;
  readonly fewestRuns: number;
  readonly mostRuns: number;
}

const hardware: Effort = { runMs: 30, totalMs: 600, fewestRuns: 7, mostRuns: 25 };
const software: Effort = { runMs: 5, totalMs: 200, fewestRuns: 3, mostRuns: 5 };

/**
 * GPUs that idle lower their clocks, and take half a second to raise them again. So one that has idled, while the host or
 * the driver compiled, works this long before it is timed; one that has just worked, less.
 */
const IDLE_MS = 100;
const WARM_UP_MS = { idle: 800, busy: 60 };

/** When the work of a device was last seen to end. */
const lastBusy = new WeakMap<Gpu, number>();

/** Longest work that goes into one submission. */
const SUBMISSION_MS = 100;
/** Most dispatches in one, so that the host prepares the next submission while the GPU works. */
const SUBMISSION_DISPATCHES = 64;
const MOST_REPEATS = 4096;

export function effortOf(gpu: Gpu): Effort {
  return gpu.profile.software ? software : hardware;
}

/** Median and quartiles. */
export function summarize(samples: readonly number[]): Timing {
  return {
    ms: median(samples),
    spreadMs: [quantile(samples, 0.25), quantile(samples, 0.75)],
    runs: samples.length,
  };
}

/** The value below which a share of the samples lies, interpolated. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}

/** Takes samples, in milliseconds, until the effort is spent. */
export async function sampleTimes(effort: Effort, sample: () => Promise<number>): Promise<Timing> {
  const samples: number[] = [];
  const start = performance.now();
  while (
    samples.length < effort.fewestRuns ||
    (samples.length < effort.mostRuns && performance.now() - start < effort.totalMs)
  ) {
    samples.push(await sample());
  }
  return summarize(samples);
}

/** Milliseconds until everything that `queue` submits has finished. */
export async function elapsed(gpu: Gpu, queue: () => void): Promise<number> {
  const start = performance.now();
  queue();
  await gpu.answer(gpu.device.queue.onSubmittedWorkDone());
  gpu.check();
  const now = performance.now();
  lastBusy.set(gpu, now);
  return now - start;
}

/** Does work once, at which a driver may compile, and again until the clocks of a GPU have risen. Returns what it gave last. */
export async function warmUp<T>(gpu: Gpu, work: () => Promise<T>): Promise<T> {
  const before = lastBusy.get(gpu) ?? -Infinity;
  let last = await work();
  if (gpu.profile.software) return last;
  const start = performance.now();
  const hasIdled = start - before > IDLE_MS;
  const end = start + (hasIdled ? WARM_UP_MS.idle : WARM_UP_MS.busy);
  while (performance.now() < end) last = await work();
  return last;
}

/** Times a replay of a plan. Plans that take long are submitted dispatch by dispatch. */
export async function timePlan(gpu: Gpu, plan: Plan): Promise<Timing> {
  const effort = effortOf(gpu);
  const singly = () => submit(gpu, encodeEach(gpu, plan));
  const once = await warmUp(gpu, () => elapsed(gpu, singly));
  if (once > SUBMISSION_MS) return sampleTimes(effort, () => elapsed(gpu, singly));

  let repeats = 1;
  let ms = once;
  for (;;) {
    const wanted = Math.min(MOST_REPEATS, Math.ceil(effort.runMs / ms));
    if (wanted < 1.25 * repeats) break;
    repeats = wanted;
    const commands = encodeRepeats(gpu, plan, repeats, ms);
    ms = (await elapsed(gpu, () => submit(gpu, commands))) / repeats;
  }
  return sampleTimes(effort, async () => {
    const commands = encodeRepeats(gpu, plan, repeats, ms);
    return (await elapsed(gpu, () => submit(gpu, commands))) / repeats;
  });
}

function submit(gpu: Gpu, commands: readonly GPUCommandBuffer[]): void {
  for (const buffer of commands) gpu.device.queue.submit([buffer]);
}

function encode(gpu: Gpu, record: (pass: GPUComputePassEncoder) => void): GPUCommandBuffer {
  const encoder = gpu.device.createCommandEncoder({ label: 'bench' });
  const pass = encoder.beginComputePass();
  record(pass);
  pass.end();
  return encoder.finish();
}

function encodeEach(gpu: Gpu, plan: Plan): GPUCommandBuffer[] {
  return Array.from({ length: plan.length }, (_, index) =>
    encode(gpu, (pass) => plan.encode(pass, index, index + 1)),
  );
}

/** `repeats` replays, each of about `ms`, in submissions that stay short. */
function encodeRepeats(gpu: Gpu, plan: Plan, repeats: number, ms: number): GPUCommandBuffer[] {
  const most = Math.min(SUBMISSION_DISPATCHES / plan.length, SUBMISSION_MS / ms);
  const perSubmission = Math.max(1, Math.floor(most));
  return Array.from({ length: Math.ceil(repeats / perSubmission) }, (_, index) => {
    const count = Math.min(perSubmission, repeats - index * perSubmission);
    return encode(gpu, (pass) => {
      for (let repeat = 0; repeat < count; repeat++) plan.encode(pass);
    });
  });
}

export interface Submissions {
  readonly count: number;
  /** The longest that one submission took the GPU, as far as the host sees. */
  readonly longestMs: number;
}

/** Counts and times what is submitted until the returned function is called. */
export function watchSubmissions(gpu: Gpu): () => Promise<Submissions> {
  const { queue } = gpu.device;
  const submitted = queue.submit.bind(queue);
  let count = 0;
  let longestMs = 0;
  let lastDone = 0;
  const pending: Promise<void>[] = [];
  queue.submit = (commands) => {
    submitted(commands);
    const start = performance.now();
    count++;
    pending.push(
      gpu.answer(queue.onSubmittedWorkDone()).then(() => {
        const now = performance.now();
        // Submissions run one after the other: this one began when it was queued, or when the last one ended.
        longestMs = Math.max(longestMs, now - Math.max(start, lastDone));
        lastDone = now;
      }),
    );
  };
  return async () => {
    queue.submit = submitted;
    await Promise.all(pending);
    return { count, longestMs };
  };
}
