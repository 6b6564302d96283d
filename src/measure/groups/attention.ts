// One attention layer, 4 heads of 64, batch 1: every pattern over growing length, forward and backward apart, against
// the share of dense attention's pairs that the pattern computes.

import type { Gpu } from '../../gpu/device.ts';
import { type Plan, PlanBuilder } from '../../gpu/plan.ts';
import {
  addAttentionBackward,
  attentionForward,
  kernelVariants,
  keyGradientPartials,
} from '../../kernels/index.ts';
import { densePairs, type Factor, headPairs, type Segment, segmentsOf } from '../../patterns/index.ts';
import type { Bench } from '../bench.ts';
import { withBuffers } from '../buffers.ts';
import { isMeasured, type Measured, type RowOf, type Subject } from '../rows.ts';
import { attentionDemand, theoryMs } from '../theory.ts';
import { timePlan } from '../timing.ts';

const patterns: ReadonlyMap<string, readonly Factor[]> = new Map<string, readonly Factor[]>([
  ['dense', ['dense']],
  ['local', ['local']],
  ['column', ['column']],
  ['strided', ['local', 'column']],
  ['fixed', ['ownBlock', 'summary']],
]);

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
    for (const pattern of patterns.keys()) {
      const subject = { pattern, length, stride, summaryCells };
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
  const factors = patterns.get(pattern);
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
  const rows = length * N_HEAD;
  const sizes = {
    qkv: 3 * rows * WIDTH,
    o: rows * WIDTH,
    lse: rows,
    dO: rows * WIDTH,
    delta: rows,
    dQkv: 3 * rows * WIDTH,
    partials: Math.max(4, ...segments.map((segment) => partialsOf(gpu, segment, length))),
  };
  return withBuffers(gpu, sizes, async (buffers) => {
    // Compiled together, because a GPU that waits for a compiler has to be warmed up again.
    const plans = await Promise.all([
      forwardPlan(gpu, segments, length, buffers),
      backwardPlan(gpu, segments, length, buffers),
    ]);
    const forward = await timePlan(gpu, plans[0]);
    const backward = await timePlan(gpu, plans[1]);
    const pairs = pairsOf(segments, length);
    const demand = attentionDemand(pairs, rows, WIDTH);
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

/** Elements of the partial key gradients of a segment. */
function partialsOf(gpu: Gpu, segment: Segment, length: number): number {
  const heads = { segment, firstHead: 0, nHead: N_HEAD };
  return keyGradientPartials(shapeOf(length), heads, kernelVariants(gpu.profile).attention);
}

const shapeOf = (length: number) => ({ B: 1, T: length, nHead: N_HEAD, dQK: WIDTH, dV: WIDTH });

/** qkv -> o, lse. */
function forwardPlan(
  gpu: Gpu,
  segments: readonly Segment[],
  length: number,
  { qkv, o, lse }: Buffers,
): Promise<Plan> {
  const { attention } = kernelVariants(gpu.profile);
  const plan = new PlanBuilder(gpu);
  for (const [index, segment] of segments.entries()) {
    const heads = { segment, firstHead: 0, nHead: N_HEAD };
    plan.add(attentionForward(shapeOf(length), heads, index > 0, attention), { qkv, o, lse });
  }
  return plan.build();
}

/** qkv, o, lse, dO -> dQkv, as a training step computes it. */
function backwardPlan(
  gpu: Gpu,
  segments: readonly Segment[],
  length: number,
  buffers: Buffers,
): Promise<Plan> {
  const plan = new PlanBuilder(gpu);
  const heads = { firstHead: 0, nHead: N_HEAD, segments };
  addAttentionBackward(plan, shapeOf(length), [heads], kernelVariants(gpu.profile), buffers);
  return plan.build();
}
