// One training run: the loop that the person starts, pauses and stops, what is copied and saved on the way, and
// how it goes on after the device was lost.

import type { Checkpoint, DataIdentity } from '../checkpoint/weights.ts';
import { itemBytes, type Medium } from '../data/medium.ts';
import { splitParts } from '../data/split.ts';
import type { Mutex } from '../lib/mutex.ts';
import type { RunConfig } from '../model/config.ts';
import type { Engine } from '../model/engine.ts';
import type { EngineEvent, RunStatus } from '../protocol/index.ts';
import { generate } from '../sample/generate.ts';
import { Trainer } from '../train/trainer.ts';
import { isDeviceLost, toWireError } from './errors.ts';
import type { HeldModel } from './held-model.ts';

/** How much training a lost device may cost: so many steps, or so long where steps are fast or very slow. */
const COPY_EVERY_STEPS = 50;
const COPY_EVERY_MS = { atLeast: 5000, atMost: 30_000 };
const SAVE_EVERY_MS = 60_000;
const SAMPLE_TEXT_BYTES = 200;
const SAMPLE_PICTURES = 4;
const SAMPLE_SECONDS = 0.5;

/** How much is drawn now and then: enough to see what is learnt, soon enough done. */
function sampleSize(medium: Medium, contextLength: number): { samples: number; length: number } {
  if (medium.kind === 'image') return { samples: SAMPLE_PICTURES, length: itemBytes(medium) };
  if (medium.kind === 'text') return { samples: 1, length: SAMPLE_TEXT_BYTES };
  return { samples: 1, length: Math.min(contextLength, Math.round(SAMPLE_SECONDS * medium.rateHz)) };
}

export interface RunOptions {
  readonly id: string;
  readonly run: RunConfig;
  readonly identity: DataIdentity;
  /** The data; undefined where it must be opened again first. */
  readonly bytes: Uint8Array | undefined;
  readonly model: HeldModel;
  /** Held while the engine works. */
  readonly engineLock: Mutex;
  readonly emit: (event: EngineEvent) => void;
  /** Saves in the background; never throws. */
  readonly save: (id: string, checkpoint: Checkpoint, bytes: Uint8Array) => Promise<void>;
}

export class TrainingRun {
  readonly id: string;
  readonly run: RunConfig;
  readonly identity: DataIdentity;
  readonly model: HeldModel;
  readonly #options: RunOptions;
  #status: RunStatus = { state: 'paused' };
  #wish: 'train' | 'pause' | 'stop' = 'pause';
  #loop: Promise<void> = Promise.resolve();
  #bytes: Uint8Array | undefined;
  /** The loop's trainer, on the engine that it was made for. */
  #trainer: Trainer | undefined;
  #engine: Engine | undefined;
  #recovery = new AbortController();
  #sampledAt = 0;
  #copiedAtMs = 0;
  #savedAtMs = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.id = options.id;
    this.run = options.run;
    this.identity = options.identity;
    this.model = options.model;
    this.#bytes = options.bytes;
  }

  get status(): RunStatus {
    return this.#status;
  }

  /** Whether the loop runs. */
  get active(): boolean {
    return this.#status.state === 'training' || this.#status.state === 'recovering';
  }

  /** Whether the data is there. */
  get supplied(): boolean {
    return this.#bytes !== undefined;
  }

  /** The data, where it is there. */
  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  /** Hands over the data of a run that was opened without. */
  supply(bytes: Uint8Array): void {
    this.#bytes = bytes;
  }

  /** Starts the loop, or goes on after a pause. The data must be there. */
  start(): void {
    this.#wish = 'train';
    this.#recovery = new AbortController();
    this.#savedAtMs = Date.now();
    this.#setStatus({ state: 'training' });
    this.#loop = this.#train();
  }

  /** Ends the loop at the next step border; the run can go on. */
  async pause(): Promise<void> {
    if (!this.active) return;
    this.#wish = 'pause';
    this.#recovery.abort();
    await this.#loop;
  }

  /** Ends the run at the next step border. */
  async stop(): Promise<void> {
    const wasActive = this.active;
    this.#wish = 'stop';
    this.#recovery.abort();
    await this.#loop;
    if (!wasActive && this.#status.state === 'paused') this.#setStatus({ state: 'idle' });
  }

  /** Copies the present state to this side, between two steps. */
  copy(): Promise<void> {
    return this.#options.engineLock.run(async () => {
      if (this.#trainer && this.#engine === (await this.model.engine())) await this.#copy(this.#trainer);
    });
  }

  async #train(): Promise<void> {
    try {
      while (this.#wish === 'train' && !this.#trainer?.finished) {
        const slice = () => this.#recovering(() => this.#slice());
        await this.#options.engineLock.runUnless(this.#recovery.signal, slice);
      }
      await this.#catchUp();
      await this.#save();
      this.#setStatus({
        state: this.#trainer?.finished ? 'finished' : this.#wish === 'stop' ? 'idle' : 'paused',
      });
    } catch (error) {
      // What the engine holds now is not what was copied: the next use begins from the copy.
      this.#trainer = undefined;
      this.model.release();
      this.#setStatus({ state: 'failed', error: toWireError(error) });
    } finally {
      this.#options.emit({ type: 'model', model: this.model.info });
    }
  }

  /** Trains until something else is due: another command's turn, a sample, a copy. */
  async #slice(): Promise<void> {
    const { engineLock, emit } = this.#options;
    const trainer = await this.#ready();
    await trainer.run(
      () =>
        this.#wish !== 'train' ||
        engineLock.waiting > 0 ||
        this.#copyDue(trainer) ||
        this.#sampleDue(trainer),
      () => this.#wish !== 'train',
    );
    const { step } = trainer.progress;
    if (this.#sampleDue(trainer)) {
      this.#sampledAt = step;
      emit({ type: 'sample', step, samples: await this.#sample() });
    }
    if (this.#copyDue(trainer) || trainer.finished || this.#wish !== 'train') await this.#copy(trainer);
    if (Date.now() - this.#savedAtMs > SAVE_EVERY_MS) void this.#save();
  }

  /** Runs work that needs the device; when that is lost, replaces it and goes on from the copy. */
  async #recovering(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isDeviceLost(error)) throw error;
      this.#trainer = undefined;
      const what = 'The graphics device was lost. Getting it back, to go on from the last copy';
      const recovered = await this.model.recover({
        signal: this.#recovery.signal,
        onAttempt: (retryAtMs) =>
          this.#setStatus({ state: 'recovering', what, ...(retryAtMs !== undefined && { retryAtMs }) }),
      });
      if (!recovered) return;
      const { step } = this.model.snapshot.progress;
      this.#options.emit({
        type: 'notice',
        level: 'info',
        message: `The graphics device was lost and has been replaced. Training goes on from step ${step}; nothing before it is lost.`,
      });
      this.#setStatus({ state: 'training' });
    }
  }

  /** The trainer; a new one, from the copy, on an engine that is new. */
  async #ready(): Promise<Trainer> {
    const { emit, run, model } = this.#options;
    const engine = await model.engine();
    if (!this.#trainer || this.#engine !== engine) {
      this.#engine = engine;
      this.#trainer = new Trainer({
        engine,
        training: run.training,
        data: splitParts(this.#bytes ?? new Uint8Array(), itemBytes(run.medium)),
        itemBytes: itemBytes(run.medium),
        from: model.snapshot,
        onStep: (step) => emit({ type: 'steps', steps: [step] }),
        onEvaluation: (evaluation) => emit({ type: 'evaluation', evaluation }),
      });
      this.#sampledAt = model.snapshot.progress.step;
      this.#copiedAtMs = Date.now();
    }
    return this.#trainer;
  }

  #copyDue(trainer: Trainer): boolean {
    const steps = trainer.progress.step - this.model.snapshot.progress.step;
    const elapsedMs = Date.now() - this.#copiedAtMs;
    const { atLeast, atMost } = COPY_EVERY_MS;
    return steps > 0 && elapsedMs >= (steps >= COPY_EVERY_STEPS ? atLeast : atMost);
  }

  #sampleDue(trainer: Trainer): boolean {
    const { step } = trainer.progress;
    const { sampleEvery } = this.run.training;
    return sampleEvery > 0 && step > 0 && step % sampleEvery === 0 && step !== this.#sampledAt;
  }

  async #copy(trainer: Trainer): Promise<void> {
    this.model.keep(await trainer.snapshot());
    this.#copiedAtMs = Date.now();
  }

  /** What the model draws from nothing; less of it when the run is to pause or stop meanwhile. */
  async #sample(): Promise<readonly Uint8Array[]> {
    const { samples, length } = sampleSize(this.model.medium, this.run.model.contextLength);
    const settings = { prompt: new Uint8Array(), samples, length, temperature: 1, topK: 0, topP: 1 };
    const whole = Array.from({ length: samples }, () => new Uint8Array(length));
    let drawn = 0;
    for await (const pieces of generate(await this.model.engine(), {
      ...settings,
      seed: this.run.training.seed,
    })) {
      for (const [sample, piece] of pieces.entries()) whole[sample]?.set(piece, drawn);
      drawn += pieces[0]?.length ?? 0;
      if (this.#wish !== 'train') break;
    }
    return whole.map((bytes) => bytes.slice(0, drawn));
  }

  /** Copies what was trained since the last copy, where the loop ended while it waited for the engine. */
  async #catchUp(): Promise<void> {
    const trainer = this.#trainer;
    if (!trainer || trainer.progress === this.model.snapshot.progress) return;
    try {
      await this.#copy(trainer);
    } catch (error) {
      if (!isDeviceLost(error)) throw error;
      this.#trainer = undefined;
    }
  }

  async #save(): Promise<void> {
    this.#savedAtMs = Date.now();
    const { id, run, identity: data, model, save } = this.#options;
    if (this.#bytes) await save(id, { run, data, snapshot: model.snapshot }, this.#bytes);
  }

  #setStatus(status: RunStatus): void {
    this.#status = status;
    this.#options.emit({ type: 'status', status });
  }
}
