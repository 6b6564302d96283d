// The engine's host: the page's commands, and what they are allowed to do to the model, the run and the data that
// this worker holds. Commands that change something take turns; the engine does one thing at a time.

import { newRunId } from '../checkpoint/runs.ts';
import type { Dataset } from '../data/dataset.ts';
import { sameMedium } from '../data/medium.ts';
import { Failure } from '../lib/errors.ts';
import { Mutex } from '../lib/mutex.ts';
import type { RunConfig } from '../model/config.ts';
import { preflight } from '../model/preflight.ts';
import type {
  DataOptions,
  DatasetInfo,
  DecodedSound,
  EngineApi,
  EngineEvent,
  EngineInfo,
  Medium,
  MediumKind,
  ModelInfo,
  Preflight,
  Result,
  SavedRun,
} from '../protocol/index.ts';
import { measured, type OpenData } from './dataset.ts';
import { Device, type OpenEngines } from './device.ts';
import { resultOf, toWireError } from './errors.ts';
import { HeldModel } from './held-model.ts';
import { Inspector, type InspectorApi } from './inspector.ts';
import { Library, type Storage } from './library.ts';
import { Measuring, type MeasuringApi, type OpenSurvey, type OpenTuner } from './measuring.ts';
import { Opening } from './opening.ts';
import { checkedRun, firstSnapshot } from './starting.ts';
import { type RunOptions, TrainingRun } from './training-run.ts';
import { Tunings } from './tunings.ts';
import { Writer, type WriterApi } from './writer.ts';

export interface HostOptions {
  readonly openEngines: OpenEngines;
  readonly openSurvey: OpenSurvey;
  readonly openTuner: OpenTuner;
  readonly storage: Storage;
  readonly emit: (event: EngineEvent) => void;
}

export class EngineHost
  implements Omit<EngineApi, 'connect' | keyof WriterApi | keyof InspectorApi | keyof MeasuringApi>
{
  /** Their calls are the host's, too. */
  readonly writer: Writer;
  readonly inspector: Inspector;
  readonly measuring: Measuring;
  readonly #emit: (event: EngineEvent) => void;
  readonly #device: Device;
  readonly #library: Library;
  readonly #opening: Opening;
  readonly #commands = new Mutex();
  readonly #engineLock = new Mutex();
  #dataset: OpenData | undefined;
  #model: HeldModel | undefined;
  #run: TrainingRun | undefined;

  constructor({ openEngines, openSurvey, openTuner, storage, emit }: HostOptions) {
    this.#emit = emit;
    const tunings = new Tunings(storage, emit);
    this.#device = new Device(
      openEngines,
      (profile) => tunings.follow(profile),
      (info) => emit({ type: 'engine', info }),
    );
    this.#library = new Library(storage, emit);
    this.#opening = new Opening(emit);
    this.measuring = new Measuring({
      ...{ openSurvey, openTuner, tunings, emit, commands: this.#commands, engineLock: this.#engineLock },
      ...{ runState: () => this.#run?.status.state, giveWay: () => this.#giveWay() },
      choose: async (choices) => {
        await this.#device.choose(choices);
        // The next use lays the model out again, from the copy that each pause leaves.
        this.#model?.release();
      },
    });
    const model = () => this.#present();
    this.writer = new Writer({
      ...{ model, engineLock: this.#engineLock, emit },
      checkQuiet: () => this.measuring.checkQuiet(),
      watching: () => this.inspector.watching,
    });
    this.inspector = new Inspector({
      model,
      data: (medium) => this.#run?.bytes ?? this.#dataOf(medium),
      ...{ engineLock: this.#engineLock, emit },
    });
  }

  start(): Promise<Result<EngineInfo>> {
    return this.#command(() => this.#device.info());
  }

  openData(files: readonly File[], options: DataOptions): Promise<Result<DatasetInfo>> {
    const signal = this.#opening.begin();
    return this.#command(async () => this.#keepData(await this.#opening.files(files, options, signal)));
  }

  openBuiltin(kind: MediumKind, options: DataOptions): Promise<Result<DatasetInfo>> {
    const signal = this.#opening.begin();
    return this.#command(async () => this.#keepData(await this.#opening.builtin(kind, options, signal)));
  }

  stopOpening(): Promise<Result<void>> {
    return resultOf(async () => this.#opening.stop());
  }

  soundDecoded(id: number, sound: Result<DecodedSound>): Promise<Result<void>> {
    return resultOf(async () => this.#opening.decoded(id, sound));
  }

  readItem(file: File, medium: Medium): Promise<Result<Uint8Array>> {
    return resultOf(() => this.#opening.item(file, medium));
  }

  preflight(run: RunConfig): Promise<Result<Preflight>> {
    return resultOf(async () => preflight(run, await this.#device.info()));
  }

  startRun(wanted: RunConfig, fineTune: boolean): Promise<Result<void>> {
    return this.#command(async () => {
      this.measuring.checkQuiet();
      const { run, identity, bytes } = checkedRun(wanted, await this.#device.info(), this.#dataset);
      const known = () => (fineTune ? this.#goneOnWith().parametersFor(run.model) : undefined);
      // Refused, where they do not fit, before anything ends.
      known();
      await this.#endRun();
      this.#emit({ type: 'status', status: { state: 'preparing', what: 'Laying out the model' } });
      const snapshot = await firstSnapshot(run, known());
      try {
        const model = new HeldModel(this.#device, run, run.training, snapshot);
        await this.#hold(model, { ready: true });
        this.#run = this.#newRun({ id: newRunId(), run, identity, bytes, model });
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
      this.measuring.checkQuiet();
      const run = this.#run;
      if (run?.active) return;
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

  exportWeights(): Promise<Result<Blob>> {
    return this.#command(async () => {
      const model = this.#present();
      if (this.#run?.status.state === 'training') await this.#run.copy();
      return new Blob([model.file()], { type: 'application/octet-stream' });
    });
  }

  importWeights(file: File): Promise<Result<ModelInfo>> {
    return this.#command(async () => {
      this.measuring.checkQuiet();
      if (this.#run?.active) throw new Failure('bad-input', 'Stop the run before you import weights.');
      const model = await HeldModel.ofFile(this.#device, file);
      await this.#endRun();
      await this.#hold(model, { ready: true });
      return model.info;
    });
  }

  listRuns(): Promise<Result<readonly SavedRun[]>> {
    return resultOf(() => this.#library.list());
  }

  openRun(id: string): Promise<Result<RunConfig>> {
    return this.#command(async () => {
      this.measuring.checkQuiet();
      if (this.#run?.active) throw new Failure('bad-input', 'Stop the present run before you open another.');
      const { checkpoint, bytes } = await this.#library.load(id);
      const { run, data, snapshot } = checkpoint;
      await this.#endRun();
      const model = new HeldModel(this.#device, run, run.training, snapshot);
      await this.#hold(model, { ready: false });
      this.#run = this.#newRun({ id, run, identity: data, bytes, model });
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

  async #keepData(dataset: Dataset): Promise<DatasetInfo> {
    this.#dataset = await measured(dataset);
    return this.#dataset.info;
  }

  /** The present model, for a run that begins with its parameters. */
  #goneOnWith(): HeldModel {
    if (this.#model) return this.#model;
    throw new Failure('bad-input', 'There is no model to go on from. Train one, or import weights.');
  }

  /** The model at hand. */
  #present(): HeldModel {
    if (!this.#model) throw new Failure('not-found', 'There is no model yet. Train one, or import weights.');
    return this.#model;
  }

  /** The open data, where a model of this medium can read it. */
  #dataOf(medium: Medium): Uint8Array | undefined {
    return this.#dataset && sameMedium(this.#dataset.info.medium, medium) ? this.#dataset.bytes : undefined;
  }

  /** Runs a command after the earlier ones. */
  #command<T>(work: () => Promise<T>): Promise<Result<T>> {
    return this.#commands.run(() => resultOf(work));
  }

  #newRun(about: Omit<RunOptions, 'engineLock' | 'emit' | 'save'>): TrainingRun {
    const save: RunOptions['save'] = (...args) => this.#library.save(...args);
    return new TrainingRun({ ...about, engineLock: this.#engineLock, emit: this.#emit, save });
  }

  /**
   * Makes a model the present one, in place of the one before, whose engine makes room. `ready` lays its engine out
   * at once; when that fails, the model before stays.
   */
  async #hold(model: HeldModel, { ready }: { ready: boolean }): Promise<void> {
    this.#giveWay();
    await this.#engineLock.run(async () => {
      this.#model?.release();
      if (ready) await model.engine();
      this.#model = model;
    });
    this.#emit({ type: 'model', model: model.info });
  }

  /** Asks what is being written, looked into or scored to end. */
  #giveWay(): void {
    this.writer.stop();
    this.inspector.stop();
  }

  /** Ends the present run, if there is one; its model stays. */
  async #endRun(): Promise<void> {
    await this.#run?.stop();
    this.#run = undefined;
  }
}
