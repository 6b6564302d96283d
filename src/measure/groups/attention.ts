// One attention layer, 4 heads of 64, batch 1: every pattern over growing length, forward and backward apart, against
// the share of dense attention's pairs that the pattern computes.

import type { Gpu } from '../../gpu/device.ts';
import { type Plan, PlanBuilder } from '../../gpu/plan.ts';
import {
  addSegmentBackward,
  attentionDelta,
  attentionForward,
  fillZero,
  kernelVariants,
  keyGradientPartials,
} from '../../kernels/index.ts';
import { densePairs, type Factor, headPairs, type Segment, segmentsOf } from '../../patterns/index.ts';
import type { Bench } from '../bench.ts';
import { withBuffers } from '../buffers.ts';
import { isMeasured, type Measured, type RowOf } from '../rows.ts';
import { attentionDemand, theoryMs } from '../theory.ts';
import { timePlan } from '../timing.ts';

const patterns: readonly (readonly [name: string, factors: readonly Factor[]])[] = [
  ['dense', ['dense']],
  ['local', ['local']],
  ['column', ['column']],
  ['strided', ['local', 'column']],
  ['fixed', ['ownBlock', 'summary']],
];

const N_HEAD = 4;
const WIDTH = 64;

/** Settings for one adapter: large enough to fill it, small enough to end soon. */
const usual = {
  hardware: { lengths: [12_288, 65_536], stride: 128, probe: 4096 },
  software: { lengths: [256, 512], stride: 16, probe: 128 },
};

type AttentionRow = RowOf<'attention'>;

export async function* attentionRows(bench: Bench): AsyncGenerator<AttentionRow> {
  const { probe, ...defaults } = bench.software ? usual.software : usual.hardware;
  const lengths = [...(bench.settings.lengths ?? defaults.lengths)].sort((a, b) => a - b);
  const stride = bench.settings.stride ?? defaults.stride;
  const summaryCells = Math.max(1, stride >> 2);
  /** The last row that was measured of each pattern, from which the next one is predicted. */
  const last = new Map<string, AttentionRow>();
  for (const length of lengths) {
    let dense: Measured<'attention'> | undefined;
    for (const [pattern, factors] of patterns) {
      const subject = { pattern, length, stride, summaryCells };
      const segmentsFor = (n: number) => segmentsOf(factors, { stride, summaryCells, nHead: N_HEAD }, n);
      const measure = (n: number) => measureAttention(bench, segmentsFor(n), n, dense);
      if (!last.has(pattern) && length > 2 * probe) {
        const probed = { ...subject, length: probe };
        last.set(pattern, await bench.row('attention', probed, () => measure(probe)));
      }
      const before = last.get(pattern);
      const pairs = pairsOf(segmentsFor(length), length);
      const predicted = before && isMeasured(before) ? (before.backwardMs * pairs) / before.pairs : 0;
      const row =
        predicted > bench.host.longestDispatchMs
          ? bench.skip('attention', subject, `would take about ${(predicted / 1000).toFixed(0)} s a run here`)
          : await bench.row('attention', subject, () => measure(length));
      if (isMeasured(row)) {
        last.set(pattern, row);
        if (pattern === 'dense') dense = row;
      }
      yield row;
    }
  }
}

/** Query-key pairs over all heads. */
function pairsOf(segments: readonly Segment[], length: number): number {
  let pairs = 0;
  for (let head = 0; head < N_HEAD; head++) pairs += headPairs(segments, head, length);
  return pairs;
}

async function measureAttention(
  { gpu, ceilings }: Bench,
  segments: readonly Segment[],
  length: number,
  dense: Measured<'attention'> | undefined,
): Promise<Measured<'attention'>> {
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
    const forward = await timePlan(gpu, await forwardPlan(gpu, segments, length, buffers));
    const backward = await timePlan(gpu, await backwardPlan(gpu, segments, length, buffers));
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
  { qkv, o, lse, dO, delta, dQkv, partials }: Buffers,
): Promise<Plan> {
  const shape = shapeOf(length);
  const plan = new PlanBuilder(gpu);
  plan.add(attentionDelta(shape), { o, dO, delta });
  plan.add(fillZero(3 * length * N_HEAD * WIDTH), { out: dQkv });
  for (const segment of segments) {
    const heads = { segment, firstHead: 0, nHead: N_HEAD };
    addSegmentBackward(plan, shape, heads, kernelVariants(gpu.profile), {
      qkv,
      dO,
      lse,
      delta,
      dQkv,
      partials,
    });
  }
  return plan.build();
}
