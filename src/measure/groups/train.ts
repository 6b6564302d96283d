// Training steps of the models that other engines were measured on.

import { timeDispatches } from '../../gpu/timing.ts';
import { PRECISIONS } from '../../model/config.ts';
import { parameterLayout } from '../../model/parameters.ts';
import type { WebGpuEngine } from '../../model/transformer.ts';
import type { Bench } from '../bench.ts';
import { type BenchModel, benchModels, tinyModels } from '../models.ts';
import type { KernelTime, Measured, RowOf } from '../rows.ts';
import { theoryMs, trainingDemand } from '../theory.ts';
import { effortOf, sampleTimes, warmUp } from '../timing.ts';
import { stepRequest, withEngine } from '../training.ts';

/** Steps whose losses are compared: the first and the last of these. */
const LOSSES = 20;
const PIPELINED = 10;

export async function* trainRows(bench: Bench): AsyncGenerator<RowOf<'train'>> {
  const models = (bench.software ? tinyModels : benchModels).filter(({ name }) =>
    name.startsWith(bench.settings.model),
  );
  const forms = PRECISIONS.flatMap((precision) =>
    models.map((model) => ({ ...model, shape: { ...model.shape, precision } })),
  );
  for (const model of forms) yield trainRow(bench, model);
}

/** Steps of one model, in the precision of its shape. */
export function trainRow(bench: Bench, model: BenchModel): Promise<RowOf<'train'>> {
  const { config, shape } = model;
  const tokens = shape.microBatch * shape.accumulation * config.contextLength;
  const subject = {
    model: model.name,
    precision: shape.precision ?? 'float32',
    parameters: parameterLayout(config).count,
    tokens,
  };
  return bench.row('train', subject, () =>
    withEngine(bench.gpu, model, (engine) => measureSteps(bench, model, engine, tokens)),
  );
}

async function measureSteps(
  { gpu, settings, ceilings }: Bench,
  model: BenchModel,
  engine: WebGpuEngine,
  tokens: number,
): Promise<Measured<'train'>> {
  const losses: number[] = [];
  const next = (offset = 0) => stepRequest(model, settings.data, losses.length + offset);
  const step = async () => {
    const start = performance.now();
    const { loss } = await engine.trainStep(next());
    losses.push(loss);
    return performance.now() - start;
  };
  // The first steps, until clocks and caches have settled, count for the losses only.
  await warmUp(gpu, step);
  const toGo = Math.max(5, LOSSES - losses.length);
  const { ms, spreadMs, runs } = await sampleTimes(
    { ...effortOf(gpu), fewestRuns: toGo, mostRuns: 40 },
    step,
  );
  const pipelinedMs = await pipelined(engine, next);
  const theory = theoryMs(trainingDemand(model.config, model.shape), ceilings);
  return {
    stepMs: ms,
    stepSpreadMs: spreadMs,
    runs,
    pipelinedMs,
    tokensPerSecond: tokens / (ms / 1000),
    memoryBytes: engine.memoryBytes,
    loss0: losses[0]!,
    loss19: losses[LOSSES - 1]!,
    theoryMs: theory,
    ofTheory: theory / ms,
    kernels: settings.profile ? await kernelTimes(gpu, engine) : null,
  };
}

/** Milliseconds a step where steps are queued without waiting for the one before. */
async function pipelined(
  engine: WebGpuEngine,
  next: (offset: number) => ReturnType<typeof stepRequest>,
): Promise<number> {
  const start = performance.now();
  await Promise.all(Array.from({ length: PIPELINED }, (_, offset) => engine.trainStep(next(offset))));
  return (performance.now() - start) / PIPELINED;
}

/** Where the time goes, the slowest kernel first; null where there are no timestamps. */
async function kernelTimes(gpu: Bench['gpu'], engine: WebGpuEngine): Promise<KernelTime[] | null> {
  if (!gpu.profile.features.includes('timestamp-query')) return null;
  const { training, update } = await engine.stepPlans();
  const sums = new Map<string, { dispatches: number; ms: number }>();
  for (const plan of [training!, update!]) {
    for (const { label, ms } of await timeDispatches(gpu, plan)) {
      const sum = sums.get(label) ?? { dispatches: 0, ms: 0 };
      sums.set(label, { dispatches: sum.dispatches + 1, ms: sum.ms + ms });
    }
  }
  return [...sums].map(([kernel, sum]) => ({ kernel, ...sum })).sort((a, b) => b.ms - a.ms);
}
