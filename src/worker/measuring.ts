// The calls that measure the GPU: one measurement at a time, never beside a run that trains, and nothing new beside it.

import { Failure } from '../lib/errors.ts';
import type { Mutex } from '../lib/mutex.ts';
import type { BenchmarkRequest, EngineApi, EngineEvent, Result, RunStatus } from '../protocol/index.ts';
import { Benchmark, type OpenSurvey } from './benchmark.ts';
import { resultOf } from './errors.ts';

export type { OpenSurvey } from './benchmark.ts';
export type MeasuringApi = Pick<EngineApi, 'benchmark' | 'stopBenchmark'>;

interface MeasuringHost {
  readonly open: OpenSurvey;
  readonly emit: (event: EngineEvent) => void;
  readonly commands: Mutex;
  readonly engineLock: Mutex;
  readonly runState: () => RunStatus['state'] | undefined;
  /** Asks whatever else uses the model to end. */
  readonly giveWay: () => void;
}

export class Measuring implements MeasuringApi {
  readonly #host: MeasuringHost;
  #benchmark: Benchmark | undefined;

  constructor(host: MeasuringHost) {
    this.#host = host;
  }

  async benchmark(id: number, request: BenchmarkRequest): Promise<Result<void>> {
    const { open, commands, engineLock, giveWay } = this.#host;
    const begun = await commands.run(() => resultOf(async () => this.#begin(id, request)));
    if (!begun.ok) return begun;
    return resultOf(async () => {
      try {
        giveWay();
        await engineLock.run(() => begun.value.run(open));
      } finally {
        this.#benchmark = undefined;
      }
    });
  }

  stopBenchmark(): Promise<Result<void>> {
    return resultOf(async () => this.#benchmark?.stop());
  }

  /** Throws while the GPU is measured: whatever else it did would spoil the numbers, and suffer from it. */
  checkQuiet(): void {
    if (this.#benchmark)
      throw new Failure('bad-input', 'The GPU is being measured. Stop that, or wait until it has ended.');
  }

  #begin(id: number, request: BenchmarkRequest): Benchmark {
    this.checkQuiet();
    const state = this.#host.runState();
    if (state === 'training' || state === 'preparing' || state === 'recovering')
      throw new Failure('bad-input', 'A run trains on this GPU. Pause it, and then measure.');
    this.#benchmark = new Benchmark(id, request, this.#host.emit);
    return this.#benchmark;
  }
}
