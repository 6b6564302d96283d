// The calls that measure the GPU, for numbers or for the fastest kernels: one measurement at a time, never beside a run
// that trains, and nothing new beside it.

import { Failure } from '../lib/errors.ts';
import type { Mutex } from '../lib/mutex.ts';
import type { Choices } from '../measure/tuner.ts';
import type {
  BenchmarkRequest,
  EngineApi,
  EngineEvent,
  Result,
  RunStatus,
  Tuning,
} from '../protocol/index.ts';
import { Benchmark, type OpenSurvey } from './benchmark.ts';
import { resultOf } from './errors.ts';
import { type OpenTuner, TuningWork } from './tuning.ts';
import type { AdapterProfile, Tunings } from './tunings.ts';

export type { OpenSurvey } from './benchmark.ts';
export type { OpenTuner } from './tuning.ts';
export type MeasuringApi = Pick<
  EngineApi,
  'benchmark' | 'stopBenchmark' | 'tune' | 'stopTuning' | 'useTuning' | 'forgetTuning'
>;

interface MeasuringHost {
  readonly openSurvey: OpenSurvey;
  readonly openTuner: OpenTuner;
  readonly tunings: Tunings;
  readonly emit: (event: EngineEvent) => void;
  readonly commands: Mutex;
  readonly engineLock: Mutex;
  readonly runState: () => RunStatus['state'] | undefined;
  /** Asks whatever else uses the model to end. */
  readonly giveWay: () => void;
  /** Makes the engine follow other choices; called while nothing else works on it. */
  readonly choose: (choices: Choices | undefined) => Promise<void>;
}

export class Measuring implements MeasuringApi {
  readonly #host: MeasuringHost;
  #work: Benchmark | TuningWork | undefined;

  constructor(host: MeasuringHost) {
    this.#host = host;
  }

  benchmark(id: number, request: BenchmarkRequest): Promise<Result<void>> {
    const { openSurvey, emit } = this.#host;
    return this.#alone(
      () => new Benchmark(id, request, emit),
      (benchmark) => benchmark.run(openSurvey),
    );
  }

  stopBenchmark(): Promise<Result<void>> {
    return resultOf(async () => this.#stop(Benchmark));
  }

  tune(id: number): Promise<Result<void>> {
    const { openTuner, emit } = this.#host;
    return this.#alone(
      () => new TuningWork(id, emit),
      async (work) => {
        const found = await work.run(openTuner);
        if (found) {
          const { steps, profile } = found;
          await this.#keep({ measuredAtMs: Date.now(), on: true, steps }, profile);
        }
        emit({ type: 'tuning', update: { what: 'ended', id, stopped: found === null } });
      },
    );
  }

  stopTuning(): Promise<Result<void>> {
    return resultOf(async () => this.#stop(TuningWork));
  }

  useTuning(on: boolean): Promise<Result<void>> {
    return this.#change(async () => {
      const { kept } = this.#host.tunings;
      if (!kept) throw new Failure('not-found', 'This GPU was not tuned yet.');
      await this.#keep({ ...kept, on });
    });
  }

  forgetTuning(): Promise<Result<void>> {
    return this.#change(() => this.#keep(undefined));
  }

  /** Throws while the GPU is measured: whatever else it did would spoil the numbers, and suffer from it. */
  checkQuiet(): void {
    if (this.#work)
      throw new Failure('bad-input', 'The GPU is being measured. Stop that, or wait until it has ended.');
  }

  /** Begins a measurement in its turn, and runs it while nothing else uses the engine. */
  async #alone<W extends Benchmark | TuningWork>(
    begin: () => W,
    run: (work: W) => Promise<void>,
  ): Promise<Result<void>> {
    const { commands, engineLock, giveWay } = this.#host;
    const begun = await commands.run(() =>
      resultOf(async () => {
        this.#checkFree('measure');
        const work = begin();
        this.#work = work;
        return work;
      }),
    );
    if (!begun.ok) return begun;
    return resultOf(async () => {
      try {
        giveWay();
        await engineLock.run(() => run(begun.value));
      } finally {
        this.#work = undefined;
      }
    });
  }

  #change(work: () => Promise<void>): Promise<Result<void>> {
    const { commands, engineLock, giveWay } = this.#host;
    return commands.run(() =>
      resultOf(async () => {
        this.#checkFree('change its kernels');
        giveWay();
        await engineLock.run(work);
      }),
    );
  }

  async #keep(tuning: Tuning | undefined, profile?: AdapterProfile): Promise<void> {
    const { tunings, choose } = this.#host;
    await choose(await tunings.keep(tuning, profile));
  }

  #stop(kind: typeof Benchmark | typeof TuningWork): void {
    if (this.#work instanceof kind) this.#work.stop();
  }

  #checkFree(what: string): void {
    this.checkQuiet();
    const state = this.#host.runState();
    if (state === 'training' || state === 'preparing' || state === 'recovering')
      throw new Failure('bad-input', `A run trains on this GPU. Pause it, and then ${what}.`);
  }
}
