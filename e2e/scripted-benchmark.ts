// Measurements that the scripted engine makes up: an H100's order of magnitude, the same each time, with one row that
// could not be measured.

import type { SurveyRow } from '../src/measure/rows.ts';
import { densePairs, headPairs, PATTERN_FACTORS, segmentsOf } from '../src/patterns/index.ts';
import type { BenchmarkRequest, EngineEvent } from '../src/protocol/index.ts';

let stopped = false;

export function stopScriptedBenchmark(): void {
  stopped = true;
}

const FLOPS = 2e13;
/** What takes short varies most, as on a GPU that other programs use as well. */
const spread = (ms: number): [number, number] => {
  const share = Math.min(0.35, 0.02 + 0.03 / ms);
  return [ms * (1 - share / 2), ms * (1 + share)];
};

function attentionRow(pattern: 'dense' | 'strided' | 'fixed', length: number): SurveyRow {
  const stride = 16 * Math.max(2, Math.round(Math.sqrt(length) / 16));
  const subject = { group: 'attention', pattern, length, stride, summaryCells: 8 } as const;
  if (pattern === 'dense' && length > 32_768)
    return { ...subject, skipped: 'would take about 4 s a run here' };
  const geometry = { stride, summaryCells: 8, nHead: 4 };
  const pairs = 4 * headPairs(segmentsOf(PATTERN_FACTORS[pattern], geometry, length), 0, length);
  const theory = (flops: number) => (1000 * pairs * flops * 64) / FLOPS;
  const [forwardMs, backwardMs] = [0.03 + 2.5 * theory(4), 0.08 + 3 * theory(10)];
  return {
    ...subject,
    pairs,
    pairsOfDense: pairs / (4 * densePairs(length)),
    forwardMs,
    forwardSpreadMs: spread(forwardMs),
    forwardOfDense: null,
    forwardTheoryMs: theory(4),
    forwardOfTheory: theory(4) / forwardMs,
    backwardMs,
    backwardSpreadMs: spread(backwardMs),
    backwardOfDense: null,
    backwardTheoryMs: theory(10),
    backwardOfTheory: theory(10) / backwardMs,
    runs: 15,
  };
}

function trainRow(model: string, stepMs: number): SurveyRow {
  const measured = { stepMs, stepSpreadMs: spread(stepMs), runs: 20, pipelinedMs: 0.9 * stepMs };
  return {
    ...{ group: 'train', model, precision: 'float32', parameters: 3_200_000, tokens: 4096 },
    ...measured,
    tokensPerSecond: 4_096_000 / stepMs,
    ...{ memoryBytes: 2.4e8, loss0: 5.6, loss19: 3.1, theoryMs: stepMs / 3, ofTheory: 1 / 3, kernels: null },
  };
}

function sampleRow(model: string, part: 'all' | 'end', length: number, tokenMs: number): SurveyRow {
  return {
    ...{ group: 'sample', model, part, length, samples: 1, tokens: 488 },
    ...{ tokenMs, tokenSpreadMs: spread(tokenMs), runs: 5, tokensPerSecond: 1000 / tokenMs },
    ...{ theoryMs: tokenMs / 20, ofTheory: 0.05 },
  };
}

function rowsOf({ parts, longest }: BenchmarkRequest): SurveyRow[] {
  const lengths = [1024, 2048, 4096, 8192, 16_384, 32_768, 65_536].filter((length) => length <= longest);
  const rows = {
    attention: lengths.flatMap((n) =>
      (['dense', 'strided', 'fixed'] as const).map((p) => attentionRow(p, n)),
    ),
    train: [trainRow('the small preset', 14), trainRow('4 layers of 256, context 4,096, dense', 62)],
    sample: [sampleRow('the small preset', 'all', 512, 0.21)],
  };
  return parts.flatMap((part) => rows[part]);
}

export async function scriptedBenchmark(
  id: number,
  request: BenchmarkRequest,
  everyMs: number,
  send: (event: EngineEvent) => void,
): Promise<void> {
  stopped = false;
  const adapter = {
    ...{ vendor: 'nvidia', architecture: 'hopper', description: '', software: false },
    ...{ features: ['subgroups', 'timestamp-query'], maxBindingBytes: 4 * 2 ** 30 },
  };
  const about = { adapter, ceilings: { flopsPerSecond: FLOPS, bytesPerSecond: 2e12 } };
  send({ type: 'benchmark', id, update: { what: 'about', about } });
  const rows = rowsOf(request);
  for (const [done, row] of rows.entries()) {
    if (stopped) break;
    const words =
      row.group === 'attention' ? `${row.pattern} attention over ${row.length} positions` : row.model;
    send({ type: 'benchmark', id, update: { what: 'progress', done, total: rows.length, words } });
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    if (!stopped) send({ type: 'benchmark', id, update: { what: 'row', row } });
  }
  send({ type: 'benchmark', id, update: { what: 'ended', stopped } });
}
