// `train`: a run from fresh weights or from where it stopped, into a directory with
//   weights.safetensors   the model alone,
//   checkpoints/          the last two states that the run can be resumed from,
//   run.json              its settings, which --config takes.

import { join } from 'node:path';
import { saveCheckpoint, sha256 } from '../src/checkpoint/runs.ts';
import { type DataIdentity, encodeWeights } from '../src/checkpoint/weights.ts';
import { mebibytes } from '../src/data/bytes.ts';
import { type Dataset, splitDataset } from '../src/data/dataset.ts';
import { itemBytes } from '../src/data/medium.ts';
import { checkTrainable } from '../src/data/split.ts';
import { Failure } from '../src/lib/errors.ts';
import { MAX_STEPS } from '../src/model/config.ts';
import { preflight } from '../src/model/preflight.ts';
import { freshSnapshot, type Snapshot } from '../src/model/snapshot.ts';
import { Trainer } from '../src/train/trainer.ts';
import { Arguments } from './arguments.ts';
import { dataOptions, openData } from './data.ts';
import { type EngineKind, openEngines } from './engines.ts';
import { writeBytes } from './files.ts';
import { stopSignal } from './interrupt.ts';
import type { Output } from './output.ts';
import { CHECKPOINTS, type Plan, planRun, runFolder } from './run.ts';
import { StepLines } from './step-lines.ts';

export const trainOptions = {
  ...dataOptions,
  preset: 'value',
  config: 'value',
  name: 'value',
  out: 'value',
  overwrite: 'flag',
  resume: 'value',
  'stop-after': 'value',
  steps: 'value',
  minutes: 'value',
  seed: 'value',
  'micro-batch': 'value',
  accumulation: 'value',
  recompute: 'flag',
  precision: 'value',
  'learning-rate': 'value',
  'warmup-steps': 'value',
  'weight-decay': 'value',
  'evaluate-every': 'value',
  engine: 'value',
  json: 'flag',
} as const;

const SAVE_EVERY_MS = 60_000;

/** Trains; resolves with the exit code: 0, or 130 when the person stopped it. */
export async function runTrain(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, trainOptions);
  const { out, store, clear } = await runFolder(given);
  const plan = await planRun(given);
  const dataset = await openData(given, output, plan.medium);
  const run = plan.settings(dataset.medium);
  const { medium, model, training } = run;
  checkTrainable(dataset.bytes.length, model.contextLength, itemBytes(medium));
  const data = await identityOf(dataset, plan);

  const engines = await openEngines(
    given.choice<EngineKind>('engine', ['webgpu', 'reference'], 'webgpu'),
    (words) => output.note(words),
  );
  const { problems, parameters } = preflight(run, engines.limits);
  if (problems.length > 0) throw new Failure('bad-config', problems.join(' '));
  const { microBatch, accumulation, recompute, precision } = training;
  const engine = await engines.create(model, { microBatch, accumulation, recompute, precision });

  const from = plan.resumed?.snapshot ?? freshSnapshot(engine.layout, training.seed);
  const lines = new StepLines(output, training, from.progress);
  const { train, val } = splitDataset(dataset);
  const trainer = new Trainer({
    engine,
    training,
    data: { train, val },
    itemBytes: itemBytes(medium),
    from,
    onStep: (event) => lines.step(event),
    onEvaluation: ({ bitsPerByte }) => lines.evaluation(bitsPerByte),
  });
  await clear();
  const saveRun = async (snapshot: Snapshot) =>
    saveCheckpoint(store, CHECKPOINTS, { run, data, snapshot }, Date.now());

  const stop = stopSignal();
  const lastStep = given.count('stop-after', training.steps, 1, MAX_STEPS);
  const stopping = () => stop.requested || (trainer.progress.step >= lastStep && lastStep < training.steps);
  await writeBytes(join(out, 'run.json'), new TextEncoder().encode(`${JSON.stringify(run, null, 2)}\n`));
  const size = `${parameters.toLocaleString('en')} parameters, ${mebibytes(engine.memoryBytes)} of memory`;
  // With --json there is a row for each step and nothing else.
  if (!output.json) output.print({}, size);
  let savedAtMs = performance.now();
  const saveDue = () => performance.now() - savedAtMs > SAVE_EVERY_MS;
  while (!trainer.finished && !stopping()) {
    await trainer.run(
      () => stopping() || saveDue(),
      () => stop.requested,
    );
    if (saveDue()) await saveRun(await trainer.snapshot());
    if (saveDue()) savedAtMs = performance.now();
  }
  const snapshot = await trainer.snapshot();
  const { step, evaluation } = snapshot.progress;
  const weights = encodeWeights({
    config: model,
    medium,
    name: run.name,
    step,
    ...(evaluation && { heldOutBitsPerByte: evaluation.bitsPerByte }),
    parameters: snapshot.state.parameters,
  });
  await saveRun(snapshot);
  await writeBytes(join(out, 'weights.safetensors'), weights);
  lines.end(step, evaluation?.bitsPerByte);
  if (!trainer.finished)
    output.note(`Stopped after ${step} steps. Go on with the same --data, and --resume ${out}`);
  return trainer.finished || !stop.requested ? 0 : 130;
}

/** What tells the data apart. Throws a `Failure` when it is not what the run began with. */
async function identityOf({ name, bytes }: Dataset, { resumed }: Plan): Promise<DataIdentity> {
  const data = { name, sizeBytes: bytes.length, sha256: await sha256(bytes) };
  if (!resumed || resumed.data.sha256 === data.sha256) return data;
  throw new Failure(
    'bad-file',
    `The run was trained on other data (${resumed.data.name}). Give the same, with the same --max-items, to resume it.`,
  );
}
