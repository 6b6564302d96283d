// Writing with the present model, and measuring how it is surprised by what is written: one request of each kind at a
// time, the newest of those that wait. They take turns with training and looking inside.

import type { Mutex } from '../lib/mutex.ts';
import type { EngineApi, EngineEvent, GenerateRequest, Result, Watch } from '../protocol/index.ts';
import { resultOf } from './errors.ts';
import { Generation } from './generation.ts';
import type { HeldModel } from './held-model.ts';
import { Scoring, stopped } from './scoring.ts';

/** The worker's calls that this part answers. */
export type WriterApi = Pick<EngineApi, 'generate' | 'stopGenerating' | 'surprise' | 'stopSurprise'>;

export interface WriterOptions {
  /** The present model; throws where there is none. */
  readonly model: () => HeldModel;
  /** Throws while the GPU is measured. */
  readonly checkQuiet: () => void;
  /** Whose attention is sent along. */
  readonly watching: () => Watch | null;
  /** Held while the engine works. */
  readonly engineLock: Mutex;
  readonly emit: (event: EngineEvent) => void;
}

export class Writer implements WriterApi {
  readonly #options: WriterOptions;
  #generation: Generation | undefined;
  #scoring: Scoring | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Ends what is under way, and what waits. */
  stop(): void {
    this.#generation?.stop();
    this.#scoring?.stop();
  }

  generate(id: number, request: GenerateRequest): Promise<Result<void>> {
    const { model, checkQuiet, watching, engineLock, emit } = this.#options;
    return resultOf(async () => {
      checkQuiet();
      const generation = new Generation(id, request, emit, watching);
      this.#generation?.stop();
      this.#generation = generation;
      await engineLock.runUnless(generation.signal, () => generation.run(model()));
      generation.end();
    });
  }

  stopGenerating(): Promise<Result<void>> {
    return resultOf(async () => this.#generation?.stop());
  }

  surprise(bytes: Uint8Array): Promise<Result<Float32Array>> {
    const { model, engineLock, emit } = this.#options;
    return resultOf(async () => {
      const scoring = new Scoring(bytes, emit);
      this.#scoring?.stop();
      this.#scoring = scoring;
      const bits = await engineLock.runUnless(scoring.signal, () => scoring.run(model()));
      if (!bits) throw stopped();
      return bits;
    });
  }

  stopSurprise(): Promise<Result<void>> {
    return resultOf(async () => this.#scoring?.stop());
  }
}
