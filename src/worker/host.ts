// The engine's host: the page's commands, and what they are allowed to do to the model, the run and the data that
// this worker holds. Commands that change something take turns; the engine does one thing at a time.

import { newRunId } from '../checkpoint/runs.ts';
import { type DataIdentity, decodeWeights } from '../checkpoint/weights.ts';
import { itemBytes } from '../data/medium.ts';
import { checkTrainable } from '../data/split.ts';
import { Failure } from '../lib/errors.ts';
import { Fields } from '../lib/fields.ts';
import { Mutex } from '../lib/mutex.ts';
import type { RunConfig } from '../model/config.ts';
import { parameterLayout } from '../model/parameters.ts';
import { parseRunConfig } from '../model/parse.ts';
import { preflight } from '../model/preflight.ts';
import { freshSnapshot, type Snapshot } from '../model/snapshot.ts';
import type {
  BenchmarkRequest,
  EngineApi,
  EngineEvent,
  EngineInfo,
  GenerateRequest,
  ModelInfo,
  Preflight,
  Result,
  SavedRun,
} from '../protocol/index.ts';
import { Benchmark, type OpenSurvey } from './benchmark.ts';
import { type Dataset, openDataset } from './dataset.ts';
import { Device, type OpenEngines } from './device.ts';
import { resultOf, toWireError } from './errors.ts';
import { Generation } from './generation.ts';
import { HeldModel } from './held-model.ts';
import { Library, type Storage } from './library.ts';
import { TrainingRun } from './training-run.ts';

export interface HostOptions {
  readonly openEngines: OpenEngines;
  readonly openSurvey: OpenSurvey;
  readonly storage: Storage;
  readonly emit: (event: EngineEvent) => void;
}

const MAX_WEIGHTS_BYTES = 2 ** 30;
/** An engine that only draws and scores. */
const INFERENCE = { microBatch: 1, accumulation: 1, recompute: true };

export class EngineHost implements Omit<EngineApi, 'connect'> {
  readonly #emit: (event: EngineEvent) => void;
  readonly #openSurvey: OpenSurvey;
  readonly #device: Device;
  readonly #library: Library;
  readonly #commands = new Mutex();
  readonly #engineLock = new Mutex();
  #dataset: Dataset | undefined;
  #model: HeldModel | undefined;
  #run: TrainingRun | undefined;
  #generation: Generation | undefined;
  /** The GPU is measured at the moment. */
  #benchmark: Benchmark | undefined;

  constructor({ openEngines, openSurvey, storage, emit }: HostOptions) {
    this.#emit = emit;
    this.#openSurvey = openSurvey;
    this.#device = new Device(openEngines, (info) => emit({ type: 'engine', info }));
    this.#library = new Library(storage, emit);
  }

  start(): Promise<Result<EngineInfo>> {
    return this.#command(() => this.#device.info());
  }

  openData(file: File): Promise<Result<Dataset['info']>> {
    return this.#command(async () => {
      this.#dataset = await openDataset(file);
      return this.#dataset.info;
    });
  }

  preflight(run: RunConfig): Promise<Result<Preflight>> {
    return resultOf(async () => preflight(run, await this.#device.info()));
  }

  startRun(wanted: RunConfig, fineTune: boolean): Promise<Result<void>> {
    return this.#command(async () => {
      this.#checkQuiet();
      const { run, identity, bytes } = await this.#checked(wanted);
      await this.#endRun();
      const parameters = fineTune ? this.#parametersFor(run) : undefined;
      const snapshot = freshSnapshot(parameterLayout(run.model), run.training.seed, parameters);
      this.#emit({ type: 'status', status: { state: 'preparing', what: 'Laying out the model' } });
      try {
        const model = new HeldModel(this.#device, run, run.training, snapshot);
        await this.#hold(model, { ready: true });
        this.#run = this.#newRun(newRunId(), run, identity, bytes, model);
      } catch (error) {
        this.#emit({ type: 'status', status: { state: 'failed', error: toWireError(error) } });
        throw error;
      }
      this.#run.start();
    });
  }

  pauseRun(): Promise<Result<void>> {
    return this.#command(async () => this.#run?.pause());
  }

  resumeRun(): Promise<Result<void>> {
    return this.#command(async () => {
      this.#checkQuiet();
      const run = this.#run;
      if (run?.status.state !== 'paused') throw new Failure('bad-input', 'No run is paused.');
      const { name, sizeBytes, sha256 } = run.identity;
      if (this.#dataset?.identity.sha256 === sha256) run.supply(this.#dataset.bytes);
      if (!run.supplied) {
        throw new Failure(
          'bad-input',
          `Open ${name} (${sizeBytes.toLocaleString('en')} bytes) first: the run goes on with the file it began with.`,
        );
      }
      run.start();
    });
  }

  stopRun(): Promise<Result<void>> {
    return this.#command(() => this.#endRun());
  }

  generate(id: number, request: GenerateRequest): Promise<Result<void>> {
    return resultOf(async () => {
      this.#checkQuiet();
      const generation = new Generation(id, request, this.#emit);
      this.#generation?.stop();
      this.#generation = generation;
      await this.#engineLock.run(async () => {
        if (!this.#model)
          throw new Failure('not-found', 'There is no model yet. Train one, or import weights.');
        await generation.run(this.#model);
      });
    });
  }

  stopGenerating(): Promise<Result<void>> {
    return resultOf(async () => this.#generation?.stop());
  }

  exportWeights(): Promise<Result<Blob>> {
    return this.#command(async () => {
      if (!this.#model)
        throw new Failure('not-found', 'There is no model yet. Train one, or import weights.');
      if (this.#run?.status.state === 'training') await this.#run.copy();
      return new Blob([this.#model.file()], { type: 'application/octet-stream' });
    });
  }

  importWeights(file: File): Promise<Result<ModelInfo>> {
    return this.#command(async () => {
      this.#checkQuiet();
      if (this.#run?.active) throw new Failure('bad-input', 'Stop the run before you import weights.');
      if (file.size > MAX_WEIGHTS_BYTES)
        throw new Failure('bad-file', 'Files of weights have 1 GiB at most.');
      const weights = decodeWeights(new Uint8Array(await file.arrayBuffer()));
      await this.#endRun();
      const { state, progress } = freshSnapshot(parameterLayout(weights.config), 0, weights.parameters);
      const { step, heldOutBitsPerByte: bitsPerByte } = weights;
      const evaluation = bitsPerByte === undefined ? {} : { evaluation: { step, bitsPerByte } };
      const snapshot: Snapshot = { state, progress: { ...progress, step, ...evaluation } };
      const { name, medium, config } = weights;
      const model = new HeldModel(this.#device, { name, medium, model: config }, INFERENCE, snapshot);
      await this.#hold(model, { ready: true });
      return model.info;
    });
  }

  listRuns(): Promise<Result<readonly SavedRun[]>> {
    return resultOf(() => this.#library.list());
  }

  openRun(id: string): Promise<Result<RunConfig>> {
    return this.#command(async () => {
      if (this.#run?.active) throw new Failure('bad-input', 'Stop the present run before you open another.');
      const { checkpoint, bytes } = await this.#library.load(id);
      const { run, data, snapshot } = checkpoint;
      await this.#endRun();
      const model = new HeldModel(this.#device, run, run.training, snapshot);
      await this.#hold(model, { ready: false });
      this.#run = this.#newRun(id, run, data, bytes, model);
      this.#emit({ type: 'status', status: this.#run.status });
      return run;
    });
  }

  deleteRun(id: string): Promise<Result<void>> {
    return this.#command(async () => {
      if (this.#run?.active && this.#run.id === id)
        throw new Failure('bad-input', 'Stop this run before you delete it.');
      await this.#library.delete(id);
    });
  }

  async benchmark(id: number, request: BenchmarkRequest): Promise<Result<void>> {
    const begun = await this.#command(async () => {
      this.#checkQuiet();
      const state = this.#run?.status.state;
      if (state === 'training' || state === 'preparing' || state === 'recovering')
        throw new Failure('bad-input', 'A run trains on this GPU. Pause it, and then measure.');
      const benchmark = new Benchmark(id, request, this.#emit);
      this.#benchmark = benchmark;
      return benchmark;
    });
    if (!begun.ok) return begun;
    return resultOf(async () => {
      try {
        // What is being written gives way, and nothing else begins meanwhile.
        this.#generation?.stop();
        await this.#engineLock.run(() => begun.value.run(this.#openSurvey));
      } finally {
        this.#benchmark = undefined;
      }
    });
  }

  stopBenchmark(): Promise<Result<void>> {
    return resultOf(async () => this.#benchmark?.stop());
  }

  /** Throws while the GPU is measured: whatever else it did would spoil the numbers, and suffer from it. */
  #checkQuiet(): void {
    if (this.#benchmark)
      throw new Failure('bad-input', 'The GPU is being measured. Stop that, or wait until it has ended.');
  }

  /** Runs a command after the earlier ones. */
  #command<T>(work: () => Promise<T>): Promise<Result<T>> {
    return this.#commands.run(() => resultOf(work));
  }

  /** A run's settings, checked, with the open data that it will train on. */
  async #checked(wanted: RunConfig): Promise<{ run: RunConfig; identity: DataIdentity; bytes: Uint8Array }> {
    const run = parseRunConfig(new Fields(wanted, 'The run'));
    const { problems } = preflight(run, await this.#device.info());
    if (problems.length > 0) throw new Failure('bad-config', problems.join(' '));
    if (!this.#dataset) throw new Failure('bad-input', 'Open a file to train on first.');
    checkTrainable(this.#dataset.bytes.length, run.model.contextLength, itemBytes(run.medium));
    return { run, identity: this.#dataset.identity, bytes: this.#dataset.bytes };
  }

  /** The present model's parameters, for a run that begins with them. */
  #parametersFor(run: RunConfig): Float32Array {
    if (!this.#model)
      throw new Failure('bad-input', 'There is no model to go on from. Train one, or import weights.');
    const shapes = ({ model }: Pick<RunConfig, 'model'>) =>
      parameterLayout(model)
        .parameters.map(({ name, shape }) => `${name} ${shape.join()}`)
        .join('\n');
    if (shapes(run) !== shapes({ model: this.#model.config })) {
      throw new Failure(
        'bad-input',
        'These settings are of another model than the present one; choose its own to go on from it.',
      );
    }
    return this.#model.snapshot.state.parameters;
  }

  #newRun(
    id: string,
    run: RunConfig,
    identity: DataIdentity,
    bytes: Uint8Array | undefined,
    model: HeldModel,
  ): TrainingRun {
    return new TrainingRun({
      ...{ id, run, identity, bytes, model },
      engineLock: this.#engineLock,
      emit: this.#emit,
      save: (...args) => this.#library.save(...args),
    });
  }

  /**
   * Makes a model the present one, in place of the one before, whose engine makes room. `ready` lays its engine out
   * at once; when that fails, the model before stays.
   */
  async #hold(model: HeldModel, { ready }: { ready: boolean }): Promise<void> {
    this.#generation?.stop();
    await this.#engineLock.run(async () => {
      this.#model?.release();
      if (ready) await model.engine();
      this.#model = model;
    });
    this.#emit({ type: 'model', model: model.info });
  }

  /** Ends the present run, if there is one; its model stays. */
  async #endRun(): Promise<void> {
    await this.#run?.stop();
    this.#run = undefined;
  }
}
