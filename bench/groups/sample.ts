// Drawing bytes over the key/value cache: the whole context of one model, alone and sixteen at once, and what a byte
// costs at the end of ever longer contexts, for a strided and for a dense model.

import type { SamplerSettings } from '../../src/model/engine.ts';
import type { WebGpuEngine } from '../../src/model/transformer.ts';
import type { Bench } from '../bench.ts';
import { type BenchModel, benchModel, benchModels, squareStride, tinyModels } from '../models.ts';
import type { Measured, RowOf } from '../rows.ts';
import { samplingDemand, theoryMs } from '../theory.ts';
import { effortOf, sampleTimes } from '../timing.ts';
import { withEngine } from '../training.ts';

const usual = {
  hardware: { samples: [1, 16], lengths: [1024, 4096, 16_384, 65_536], end: 256, sizes: [4, 256, 4, 1024] },
  software: { samples: [1, 4], lengths: [32, 64], end: 8, sizes: [2, 32, 2, 64] },
} as const;

/** The last bytes of a context are left out, as in the measurements that these are compared with. */
const MARGIN = 24;

export async function* sampleRows(bench: Bench): AsyncGenerator<RowOf<'sample'>> {
  const { samples, lengths, end, sizes } = bench.software ? usual.software : usual.hardware;
  const model = (bench.software ? tinyModels : benchModels)[0]!;
  const bytes = model.config.contextLength - MARGIN;
  for (const count of samples) yield measureModel(bench, model, count, { part: 'all', from: 0, bytes });

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
      yield measureModel(bench, long, 1, { part: 'end', from: length - end - 1, bytes: end });
    }
  }
}

interface Part {
  readonly part: 'all' | 'end';
  /** Bytes before the first one that is timed. */
  readonly from: number;
  readonly bytes: number;
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
  { gpu, settings, ceilings }: Bench,
  { config }: BenchModel,
  engine: WebGpuEngine,
  samples: number,
  { from, bytes }: Part,
): Promise<Measured<'sample'>> {
  const request: SamplerSettings = {
    samples,
    seed: 1,
    temperature: 1,
    topK: 0,
    topP: 1,
    prompt: settings.data.slice(0, Math.max(0, from - 1)),
  };
  const draw = async () => {
    const sampler = await engine.createSampler(request);
    try {
      // The prompt goes through with the first byte.
      if (from > 0) await sampler.next(1);
      const start = performance.now();
      await sampler.next(bytes);
      return (performance.now() - start) / bytes;
    } finally {
      sampler.destroy();
    }
  };
  await draw();
  const effort = effortOf(gpu);
  const { ms, spreadMs, runs } = await sampleTimes({ ...effort, fewestRuns: 3, mostRuns: 7 }, draw);
  const theory = theoryMs(samplingDemand(config, samples, from), ceilings);
  return {
    tokens: samples * bytes,
    tokenMs: ms,
    tokenSpreadMs: spreadMs,
    runs,
    tokensPerSecond: samples / (ms / 1000),
    theoryMs: theory,
    ofTheory: theory / ms,
  };
}
