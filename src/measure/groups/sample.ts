// Drawing bytes over the key/value cache: the whole context of one model, alone and sixteen at once, and what a byte
// costs at the end of ever longer contexts, for a strided and for a dense model. No such context is made: the sampler
// begins near its end, with an empty cache of that length.

import type { WebGpuEngine } from '../../model/transformer.ts';
import type { Bench } from '../bench.ts';
import { type BenchModel, benchModel, benchModels, squareStride, tinyModels } from '../models.ts';
import type { Measured, RowOf } from '../rows.ts';
import { samplingDemand, theoryMs } from '../theory.ts';
import { summarize, warmUp } from '../timing.ts';
import { withEngine } from '../training.ts';

const usual = {
  hardware: { samples: [1, 16], lengths: [1024, 4096, 16_384, 65_536], bytes: 256, sizes: [4, 256, 4, 1024] },
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
  return measureModel(bench, model, samples, 'all', model.config.contextLength - MARGIN);
}

/** The last bytes of a context, `bytes` of them where it is so long. */
export function sampleEnd(bench: Bench, model: BenchModel, bytes: number): Promise<RowOf<'sample'>> {
  const most = Math.max(1, model.config.contextLength - MARGIN);
  return measureModel(bench, model, 1, 'end', Math.min(bytes, most));
}

function measureModel(
  bench: Bench,
  model: BenchModel,
  samples: number,
  part: 'all' | 'end',
  bytes: number,
): Promise<RowOf<'sample'>> {
  const subject = { model: model.name, part, length: model.config.contextLength, samples };
  return bench.row('sample', subject, () =>
    withEngine(bench.gpu, model, (engine) => measureBytes(bench, model, engine, samples, bytes)),
  );
}

async function measureBytes(
  { gpu, ceilings }: Bench,
  { config }: BenchModel,
  engine: WebGpuEngine,
  samples: number,
  bytes: number,
): Promise<Measured<'sample'>> {
  const from = Math.max(0, config.contextLength - MARGIN - bytes);
  const draw = async () => {
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
      const start = performance.now();
      await sampler.next(bytes);
      return (performance.now() - start) / bytes;
    } finally {
      sampler.destroy();
    }
  };
  await warmUp(gpu, draw);
  const times: number[] = [];
  while (times.length < RUNS) times.push(await draw());
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
