// Training steps over contexts of 65,536 bytes and more: time, memory, and how long one submission holds the GPU.

import { median } from '../../gpu/timing.ts';
import { parameterLayout } from '../../model/parameters.ts';
import type { WebGpuEngine } from '../../model/transformer.ts';
import type { Bench } from '../bench.ts';
import { type BenchModel, longModel, squareStride } from '../models.ts';
import type { Measured, RowOf } from '../rows.ts';
import { theoryMs, trainingDemand } from '../theory.ts';
import { effortOf, sampleTimes, watchSubmissions } from '../timing.ts';
import { builtinBytes, stepRequest, withEngine } from '../training.ts';

/** Steps that take longer are measured once. */
const SLOW_MS = 5000;

export async function* lengthRows(bench: Bench): AsyncGenerator<RowOf<'length'>> {
  /** The first length that was measured. */
  let first: { readonly length: number; readonly stepMs: number } | undefined;
  const usual = bench.software ? [256, 1024] : [65_536, 262_144, 1_048_576];
  for (const length of bench.settings.lengths ?? usual) {
    const stride = bench.settings.stride ?? squareStride(length);
    const model = longModel(length, stride, bench.software);
    const subject = {
      length,
      stride,
      layers: model.config.nLayer,
      parameters: parameterLayout(model.config).count,
    };
    yield bench.row('length', subject, async () => {
      const measured = await withEngine(bench.gpu, model, (engine) => measureLength(bench, model, engine));
      const law = first && first.stepMs * (length / first.length) ** 1.5;
      first ??= { length, stepMs: measured.stepMs };
      return { ...measured, ofSquareRootLaw: law === undefined ? null : measured.stepMs / law };
    });
  }
}

async function measureLength(
  { gpu, settings, ceilings }: Bench,
  model: BenchModel,
  engine: WebGpuEngine,
): Promise<Omit<Measured<'length'>, 'ofSquareRootLaw'>> {
  const { contextLength } = model.config;
  const data = settings.data.length > contextLength ? settings.data : builtinBytes(2 * contextLength);
  let step = 0;
  let loss = 0;
  let count = 0;
  const longest: number[] = [];
  const run = async () => {
    const watched = watchSubmissions(gpu);
    const start = performance.now();
    ({ loss } = await engine.trainStep(stepRequest(model, data, step++)));
    const ms = performance.now() - start;
    const submissions = await watched();
    count = submissions.count;
    longest.push(submissions.longestMs);
    return ms;
  };
  // The first step compiles, and learns how much fits into a submission.
  await run();
  const once = await run();
  longest.length = 0;
  const fewestRuns = once > SLOW_MS ? 1 : 3;
  const { ms, spreadMs, runs } = await sampleTimes({ ...effortOf(gpu), fewestRuns, mostRuns: 9 }, run);
  const theory = theoryMs(trainingDemand(model.config, model.shape), ceilings);
  return {
    stepMs: ms,
    stepSpreadMs: spreadMs,
    runs,
    tokensPerSecond: contextLength / (ms / 1000),
    memoryBytes: engine.memoryBytes,
    submissions: count,
    longestSubmissionMs: median(longest),
    loss,
    theoryMs: theory,
    ofTheory: theory / ms,
  };
}
