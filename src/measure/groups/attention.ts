// One attention layer, 4 heads of 64, batch 1: every pattern over growing length, forward and backward apart, against
// the share of dense attention's pairs that the pattern computes.

import type { Gpu } from '../../gpu/device.ts';
import { PlanBuilder } from '../../gpu/plan.ts';
import {
  addAttentionBackward,
  attentionForward,
  attentionPartials,
  kernelVariants,
} from '../../kernels/index.ts';
import { densePairs, headPairs, type Segment, segmentsOf } from '../../patterns/index.ts';
import type { Bench } from '../bench.ts';
import { withBuffers } from '../buffers.ts';
import { attentionPatterns } from '../models.ts';
import { isMeasured, type Measured, type RowOf, type Subject } from '../rows.ts';
import { attentionDemand, theoryMs } from '../theory.ts';
import { timePlan } from '../timing.ts';

const N_HEAD = 4;
const WIDTH = 64;

/** Settings for one adapter: large enough to fill it, small enough to end soon. */
const usual = {
  hardware: { lengths: [12_288, 65_536], stride: 128, probe: 4096 },
  software: { lengths: [256, 512], stride: 16, probe: 128 },
};

type AttentionRow = RowOf<'attention'>;
type AttentionSubject = Subject<'attention'>;

export async function* attentionRows(bench: Bench): AsyncGenerator<AttentionRow> {
  const { probe, ...defaults } = bench.software ? usual.software : usual.hardware;
  const lengths = [...(bench.settings.lengths ?? defaults.lengths)].sort((a, b) => a - b);
  const stride = bench.settings.stride ?? defaults.stride;
  const summaryCells = Math.max(1, stride >> 2);
  const series = new AttentionSeries(bench);
  for (const length of lengths) {
    const subjects = [...attentionPatterns.keys()].map((pattern) => ({
      pattern,
      length,
      stride,
      summaryCells,
    }));
    await series.prepare(subjects);
    for (const subject of subjects) {
      const { pattern } = subject;
      if (!series.knows(pattern) && length > 2 * probe) await series.row({ ...subject, length: probe });
      yield series.row(subject);
    }
  }
}

/** Patterns over growing lengths: what was measured before predicts what comes, and dense is what others are held against. */
export class AttentionSeries {
  readonly #bench: Bench;
  /** The last row that was measured of each pattern. */
  readonly #last = new Map<string, AttentionSubject & Measured<'attention'>>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Whether anything was measured of a pattern. */
  knows(pattern: string): boolean {
    return this.#last.has(pattern);
  }

  /**
   * Compiles what rows that come next will run, all of it side by side: between them the GPU need not wait for a compiler,
   * and be warmed up again. What fails here is told by its row.
   */
  async prepare(subjects: readonly AttentionSubject[]): Promise<void> {
    const { gpu, host, software } = this.#bench;
    if (software) return;
    const soon = subjects.filter((subject) => this.#predictedMs(subject) <= host.longestDispatchMs);
    await Promise.all(soon.map((subject) => compilePlans(gpu, subject))).catch(() => {});
  }

  /** A row, or why there is none: what would take too long is left out. */
  async row(subject: AttentionSubject): Promise<AttentionRow> {
    const bench = this.#bench;
    const ms = this.#predictedMs(subject);
    if (ms > bench.host.longestDispatchMs) {
      return bench.skip('attention', subject, `would take about ${(ms / 1000).toFixed(0)} s a run here`);
    }
    const dense = this.#last.get('dense');
    const row = await bench.row('attention', subject, () =>
      measureAttention(bench, subject, dense?.length === subject.length ? dense : undefined),
    );
    if (isMeasured(row)) this.#last.set(subject.pattern, row);
    return row;
  }

  #predictedMs(subject: AttentionSubject): number {
    const before = this.#last.get(subject.pattern);
    return before ? (before.backwardMs * pairsOf(segmentsFor(subject), subject.length)) / before.pairs : 0;
  }
}

function segmentsFor({ pattern, length, stride, summaryCells }: AttentionSubject): readonly Segment[] {
  const factors = attentionPatterns.get(pattern);
  if (!factors) throw new RangeError(`no pattern is called ${pattern}`);
  return segmentsOf(factors, { stride, summaryCells, nHead: N_HEAD }, length);
}

/** Query-key pairs over all heads. */
function pairsOf(segments: readonly Segment[], length: number): number {
  let pairs = 0;
  for (let head = 0; head < N_HEAD; head++) pairs += headPairs(segments, head, length);
  return pairs;
}

async function measureAttention(
  { gpu, ceilings }: Bench,
  subject: AttentionSubject,
  dense: Measured<'attention'> | undefined,
): Promise<Measured<'attention'>> {
  const { length } = subject;
  const segments = segmentsFor(subject);
  const sizes = bufferSizes(gpu, segments, length);
  return withBuffers(gpu, sizes, async (buffers) => {
    const plans = passes(gpu, segments, length, buffers);
    // Both are compiled before either is timed.
    const [forwardPlan, backwardPlan] = await Promise.all([plans[0].build(), plans[1].build()]);
    const forward = await timePlan(gpu, forwardPlan);
    const backward = await timePlan(gpu, backwardPlan);
    const pairs = pairsOf(segments, length);
    const demand = attentionDemand(pairs, length * N_HEAD, WIDTH);
    const forwardTheoryMs = theoryMs(demand.forward, ceilings);
    const backwardTheoryMs = theoryMs(demand.backward, ceilings);
    return {
      pairs,
      pairsOfDense: pairs / (N_HEAD * densePairs(length)),
      forwardMs: forward.ms,
      forwardSpreadMs: forward.spreadMs,
      forwardOfDense: dense ? forward.ms / dense.forwardMs : null,
      forwardTheoryMs,
      forwardOfTheory: forwardTheoryMs / forward.ms,
      backwardMs: backward.ms,
      backwardSpreadMs: backward.spreadMs,
      backwardOfDense: dense ? backward.ms / dense.backwardMs : null,
      backwardTheoryMs,
      backwardOfTheory: backwardTheoryMs / backward.ms,
      runs: backward.runs,
    };
  });
}

type Buffers = Readonly<Record<'qkv' | 'o' | 'lse' | 'dO' | 'delta' | 'dQkv' | 'partials', GPUBuffer>>;

/** Elements of each buffer. */
function bufferSizes(
  gpu: Gpu,
  segments: readonly Segment[],
  length: number,
): Readonly<Record<keyof Buffers, number>> {
  const rows = length * N_HEAD;
  const { attention, storage } = kernelVariants(gpu.profile);
  const partials = segments.map((segment) =>
    attentionPartials(
      shapeOf(length),
      { segment, firstHead: 0, nHead: N_HEAD },
      { variant: attention, storage },
    ),
  );
  return {
    qkv: 3 * rows * WIDTH,
    o: rows * WIDTH,
    lse: rows,
    dO: rows * WIDTH,
    delta: rows,
    dQkv: 3 * rows * WIDTH,
    partials: Math.max(4, ...partials),
  };
}

const shapeOf = (length: number) => ({ B: 1, T: length, nHead: N_HEAD, dQK: WIDTH, dV: WIDTH });

/** Forward: qkv -> o, lse. Backward: qkv, o, lse, dO -> dQkv, as a training step computes it. */
function passes(
  gpu: Gpu,
  segments: readonly Segment[],
  length: number,
  buffers: Buffers,
): readonly [forward: PlanBuilder, backward: PlanBuilder] {
  const variants = kernelVariants(gpu.profile);
  const run = { firstHead: 0, nHead: N_HEAD };
  const { qkv, o, lse } = buffers;
  const [forward, backward] = [new PlanBuilder(gpu), new PlanBuilder(gpu)];
  for (const [index, segment] of segments.entries()) {
    const kernel = attentionForward(shapeOf(length), { ...run, segment }, index > 0, variants.attention);
    forward.add(kernel, { qkv, o, lse });
  }
  addAttentionBackward(backward, shapeOf(length), [{ ...run, segments }], variants, buffers);
  return [forward, backward];
}

/** Compiles both passes over a subject; their buffers, which nothing is bound to, are as small as can be. */
function compilePlans(gpu: Gpu, subject: AttentionSubject): Promise<void> {
  const { length } = subject;
  const segments = segmentsFor(subject);
  const names = Object.keys(bufferSizes(gpu, segments, length)) as (keyof Buffers)[];
  const sizes = Object.fromEntries(names.map((name) => [name, 4])) as Record<keyof Buffers, number>;
  return withBuffers(gpu, sizes, async (buffers) => {
    await Promise.all(passes(gpu, segments, length, buffers).map((pass) => pass.compile()));
  });
}
