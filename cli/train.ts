// `train`: a run from fresh weights or from where it stopped, into a directory with
//   weights.safetensors   the model alone,
//   checkpoints/          the last two states that the run can be resumed from,
//   run.json              its settings, which --config takes.

import { basename, join } from 'node:path';
import { loadCheckpoint, saveCheckpoint, sha256 } from '../src/checkpoint/runs.ts';
import { type DataIdentity, encodeWeights } from '../src/checkpoint/weights.ts';
import { checkTrainable, splitParts } from '../src/data/split.ts';
import { Failure } from '../src/lib/errors.ts';
import { readObject } from '../src/lib/fields.ts';
import type { RunConfig, TrainingConfig } from '../src/model/config.ts';
import { parseRunConfig } from '../src/model/parse.ts';
import { preflight } from '../src/model/preflight.ts';
import { type PresetName, presets } from '../src/model/presets.ts';
import { freshSnapshot, type Snapshot } from '../src/model/snapshot.ts';
import { parseConfig } from '../src/model/validate.ts';
import type { StepEvent } from '../src/protocol/index.ts';
import { Trainer } from '../src/train/trainer.ts';
import { Arguments } from './arguments.ts';
import { type EngineKind, openEngines } from './engines.ts';
import { DirectoryStore, readBytes, readData, writeBytes } from './files.ts';
import type { Output } from './output.ts';

export const trainOptions = {
  data: 'value',
  kind: 'value',
  preset: 'value',
  config: 'value',
  name: 'value',
  out: 'value',
  resume: 'value',
  'stop-after': 'value',
  steps: 'value',
  seed: 'value',
  'micro-batch': 'value',
  accumulation: 'value',
  recompute: 'flag',
  'learning-rate': 'value',
  'warmup-steps': 'value',
  'weight-decay': 'value',
  'evaluate-every': 'value',
  engine: 'value',
  json: 'flag',
} as const;

const CHECKPOINTS = 'checkpoints';
const SAVE_EVERY_MS = 60_000;
/** Lines for people over a whole run, about. */
const LINES = 50;

interface Start {
  readonly run: RunConfig;
  /** Where a resumed run stands. */
  readonly snapshot?: Snapshot;
  readonly data?: DataIdentity;
}

/** Trains; resolves with the exit code: 0, or 130 when the person stopped it. */
export async function runTrain(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, trainOptions);
  given.choice('kind', ['text'], 'text');
  const dataPath = given.required('data');
  const out = given.text('out') ?? given.required('resume');
  const bytes = await readData(dataPath);
  const start = given.has('resume') ? await resumedRun(given) : { run: await chosenRun(given) };
  const { run } = start;
  const { model, training } = run;
  checkTrainable(bytes.length, model.contextLength);
  const data: DataIdentity = {
    name: basename(dataPath),
    sizeBytes: bytes.length,
    sha256: await sha256(bytes),
  };
  if (start.data && start.data.sha256 !== data.sha256) {
    throw new Failure(
      'bad-file',
      `The run was trained on other data (${start.data.name}). Give the same file to resume it.`,
    );
  }

  const engines = await openEngines(
    given.choice<EngineKind>('engine', ['webgpu', 'reference'], 'webgpu'),
    (words) => output.note(words),
  );
  const { problems } = preflight(run, engines.limits);
  if (problems.length > 0) throw new Failure('bad-config', problems.join(' '));
  const { microBatch, accumulation, recompute } = training;
  const engine = await engines.create(model, { microBatch, accumulation, recompute });

  const lines = new StepLines(output, training.steps);
  const { train, val } = splitParts(bytes);
  const trainer = new Trainer({
    engine,
    training,
    data: { train, val },
    from: start.snapshot ?? freshSnapshot(engine.layout, training.seed),
    onStep: (event) => lines.step(event),
    onEvaluation: ({ bitsPerByte }) => lines.evaluation(bitsPerByte),
  });
  const store = new DirectoryStore(out);
  const saveRun = async (snapshot: Snapshot) =>
    saveCheckpoint(store, CHECKPOINTS, { run, data, snapshot }, Date.now());

  const stop = stopSignal();
  const lastStep = given.count('stop-after', training.steps, 1, 1e9);
  const stopping = () => stop.requested || (trainer.progress.step >= lastStep && lastStep < training.steps);
  await writeBytes(join(out, 'run.json'), new TextEncoder().encode(`${JSON.stringify(run, null, 2)}\n`));
  let savedAtMs = performance.now();
  const saveDue = () => performance.now() - savedAtMs > SAVE_EVERY_MS;
  while (!trainer.finished && !stopping()) {
    await trainer.run(() => stopping() || saveDue());
    if (saveDue()) await saveRun(await trainer.snapshot());
    if (saveDue()) savedAtMs = performance.now();
  }
  const snapshot = await trainer.snapshot();
  const { step, evaluation } = snapshot.progress;
  const weights = encodeWeights({
    config: model,
    medium: run.medium,
    name: run.name,
    step,
    ...(evaluation && { heldOutBitsPerByte: evaluation.bitsPerByte }),
    parameters: snapshot.state.parameters,
  });
  await saveRun(snapshot);
  await writeBytes(join(out, 'weights.safetensors'), weights);
  lines.end(step, evaluation?.bitsPerByte);
  if (!trainer.finished) output.note(`Stopped after ${step} steps. Go on with --resume ${out}`);
  return trainer.finished || !stop.requested ? 0 : 130;
}

/** The settings of a new run: a preset's or a file's, changed by the options. */
async function chosenRun(given: Arguments): Promise<RunConfig> {
  const path = given.text('config');
  if (path === undefined) {
    given.required('preset');
    return fitted(presets[given.choice<PresetName>('preset', ['tiny', 'small', 'medium'], 'tiny')], given);
  }
  if (given.has('preset')) throw new Failure('bad-input', '--preset and --config exclude each other.');
  const text = new TextDecoder().decode(await readBytes(path));
  const fields = readObject(text, path);
  if (fields.has('model')) return changed(parseRunConfig(fields), given);
  return fitted({ ...presets.small, name: basename(path, '.json'), model: parseConfig(text) }, given);
}

/** A preset for another number of steps: its warm-up stays the same share of them. */
function fitted(run: RunConfig, given: Arguments): RunConfig {
  const { training } = run;
  const steps = given.count('steps', training.steps, 1, 1e9);
  const warmupSteps = Math.round((training.warmupSteps * steps) / training.steps);
  return changed({ ...run, training: { ...training, warmupSteps } }, given);
}

/** The run in the directory of --resume, whose seed and model stay. */
async function resumedRun(given: Arguments): Promise<Start> {
  const directory = given.required('resume');
  const { checkpoint } = await loadCheckpoint(new DirectoryStore(directory), CHECKPOINTS).catch((error) => {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, `${directory} holds no run that can be resumed: ${error.message}`, {
      cause: error,
    });
  });
  const { run, snapshot, data } = checkpoint;
  const resumed = changed(run, given);
  const wanted = given.has('config') || given.has('preset') ? await chosenRun(given) : resumed;
  const isSame = JSON.stringify(wanted.model) === JSON.stringify(run.model);
  if (!isSame || resumed.training.seed !== run.training.seed) {
    throw new Failure(
      'bad-input',
      `The run in ${directory} has another model or seed. Leave them out to resume it.`,
    );
  }
  return { run: resumed, snapshot, data };
}

/** A run with the settings that options change. */
function changed(run: RunConfig, given: Arguments): RunConfig {
  const { training } = run;
  const changes: TrainingConfig = {
    ...training,
    steps: given.count('steps', training.steps, 1, 1e9),
    seed: given.count('seed', training.seed, 0, 2 ** 32 - 1),
    microBatch: given.count('micro-batch', training.microBatch, 1, 2 ** 16),
    accumulation: given.count('accumulation', training.accumulation, 1, 2 ** 16),
    recompute: given.flag('recompute') || training.recompute,
    learningRate: given.number('learning-rate', training.learningRate, 0, 1e6),
    warmupSteps: given.count('warmup-steps', training.warmupSteps, 0, 1e9),
    weightDecay: given.number('weight-decay', training.weightDecay, 0, 1e3),
    evaluateEvery: given.count('evaluate-every', training.evaluateEvery, 1, 1e9),
  };
  return { ...run, name: given.text('name')?.slice(0, 200) ?? run.name, training: changes };
}

/** Becomes true at the first Ctrl-C; the second ends the process at once. */
function stopSignal(): { readonly requested: boolean } {
  const signal = { requested: false };
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (signal.requested) process.exit(130);
      signal.requested = true;
    });
  }
  return signal;
}

/** One line a step; a step's evaluation stands in its line, which therefore waits for what follows. */
class StepLines {
  readonly #output: Output;
  readonly #steps: number;
  readonly #every: number;
  #waiting: (StepEvent & { heldOutBitsPerByte?: number }) | undefined;

  constructor(output: Output, steps: number) {
    this.#output = output;
    this.#steps = steps;
    this.#every = output.json ? 1 : Math.ceil(steps / LINES);
  }

  step(event: StepEvent): void {
    this.#flush();
    this.#waiting = event;
  }

  evaluation(bitsPerByte: number): void {
    if (this.#waiting) this.#waiting = { ...this.#waiting, heldOutBitsPerByte: bitsPerByte };
  }

  /** Prints what waits, or, when no step was left to do, what is known. */
  end(step: number, heldOutBitsPerByte: number | undefined): void {
    if (this.#waiting) this.#flush(true);
    else this.#output.print({ step, heldOutBitsPerByte }, `nothing left to do after ${step} steps`);
  }

  #flush(isLast = false): void {
    const event = this.#waiting;
    this.#waiting = undefined;
    if (!event) return;
    const { step, bitsPerByte, learningRate, gradNorm, tokensPerSecond, heldOutBitsPerByte } = event;
    if (!isLast && heldOutBitsPerByte === undefined && step % this.#every !== 0) return;
    const words = [
      `step ${step + 1} of ${this.#steps}`,
      `${bitsPerByte.toFixed(3)} bits per byte`,
      `learning rate ${learningRate.toExponential(1)}`,
      `gradient norm ${gradNorm.toFixed(2)}`,
      `${tokensPerSecond.toFixed(0)} bytes a second`,
    ];
    if (heldOutBitsPerByte !== undefined) words.push(`held-out ${heldOutBitsPerByte.toFixed(3)}`);
    this.#output.print(event, words.join('  '));
  }
}
