// Drawing bytes over the key/value cache: the whole context of one model, alone and sixteen at once, and what a byte
// costs at the end of ever longer contexts, for a strided and for a dense model. No such context is made: the sampler
// begins near its end, with an empty cache of that length.

import type { WebGpuEngine } from '../../model/transformer.ts';
import type { Bench } from '../bench.ts';
import { type BenchModel, benchModel, benchModels, squareStride, tinyModels } from '../models.ts';
import type { Measured, RowOf } from '../rows.ts';
import { samplingDemand, theoryMs } from '../theory.ts';
import { summarize } from '../timing.ts';
import { withEngine } from '../training.ts';

const usual = {
  hardware: { samples: [1, 16], lengths: [1024, 4096, 16_384, 65_536], bytes: 32, sizes: [4, 256, 4, 1024] },
  software: { samples: [1, 4], lengths: [32, 64], bytes: 4, sizes: [2, 32, 2, 64] },
} as const;

/** The last bytes of a context are left out, as in the measurements that these are compared with. */
const MARGIN = 24;
const RUNS = 5;

export async function* sampleRows(bench: Bench): AsyncGenerator<RowOf<'sample'>> {
  const { samples, lengths, bytes, sizes } = bench.software ? usual.software : usual.hardware;
  const model = (bench.software ? tinyModels : benchModels)[0]!;
  for (const count of samples) yield sampleWhole(bench, model, count);

  const [nLayer, dModel, nHead, dFF] = sizes;
  for (const length of bench.settings.lengths ?? lengths) {
    const stride = bench.settings.stride ?? squareStride(length);
    for (const [name, layers] of [
      ['strided merged', [[['local', 'column']]]],
      ['dense', [[['dense']]]],
    ] as const) {
      const long = benchModel(
        `${nLayer} layers, ${name}`,
        [nLayer, dModel, nHead, dFF, length, 1],
        [stride, stride >> 2, layers],
        true,
      );
      yield sampleEnd(bench, long, bytes);
    }
  }
}

/** Bytes from the first to the end of the context, `samples` at once. */
export function sampleWhole(bench: Bench, model: BenchModel, samples: number): Promise<RowOf<'sample'>> {
  const bytes = model.config.contextLength - MARGIN;
  return measureModel(bench, model, samples, { part: 'all', bytes, runs: 1 });
}

/** The last bytes of a context, `bytes` in a run. */
export function sampleEnd(bench: Bench, model: BenchModel, bytes: number): Promise<RowOf<'sample'>> {
  return measureModel(bench, model, 1, { part: 'end', bytes, runs: RUNS });
}

/** What is timed: runs of so many bytes, the last ones of a context or all of them. */
interface Part {
  readonly part: 'all' | 'end';
  readonly bytes: number;
  /** Runs in one context. */
  readonly runs: number;
}

function measureModel(
  bench: Bench,
  model: BenchModel,
  samples: number,
  part: Part,
): Promise<RowOf<'sample'>> {
  const subject = { model: model.name, part: part.part, length: model.config.contextLength, samples };
  return bench.row('sample', subject, () =>
    withEngine(bench.gpu, model, (engine) => measureBytes(bench, model, engine, samples, part)),
  );
}

async function measureBytes(
  { ceilings }: Bench,
  { config }: BenchModel,
  engine: WebGpuEngine,
  samples: number,
  { part, bytes, runs }: Part,
): Promise<Measured<'sample'>> {
  // At the end of a context one more run warms up; so does the first context of several.
  const from = part === 'all' ? 0 : Math.max(0, config.contextLength - (runs + 1) * bytes);
  const times: number[] = [];
  for (let context = part === 'all' ? -1 : 0; times.length < RUNS; context++) {
    const sampler = await engine.createSampler({
      samples,
      seed: 1,
      temperature: 1,
      topK: 0,
      topP: 1,
      prompt: new Uint8Array(0),
    });
    try {
      await sampler.skipTo(from);
      if (part === 'end') await sampler.next(bytes);
      for (let run = 0; run < runs; run++) {
        const start = performance.now();
        await sampler.next(bytes);
        if (context >= 0) times.push((performance.now() - start) / bytes);
      }
    } finally {
      sampler.destroy();
    }
  }
  const timing = summarize(times);
  const theory = theoryMs(samplingDemand(config, samples, from), ceilings);
  return {
    tokens: samples * bytes,
    tokenMs: timing.ms,
    tokenSpreadMs: timing.spreadMs,
    runs: timing.runs,
    tokensPerSecond: samples / (timing.ms / 1000),
    theoryMs: theory,
    ofTheory: theory / timing.ms,
  };
}
