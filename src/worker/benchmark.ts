// The GPU measured for the page: one item after the other, each a row as soon as it is there, until the list is done
// or the person has seen enough.

import { breather } from '../lib/breathe.ts';
import { Failure } from '../lib/errors.ts';
import type { Survey, SurveyRequest } from '../measure/survey.ts';
import type { BenchmarkRequest, BenchmarkUpdate, EngineEvent } from '../protocol/index.ts';

/** Opens a device to measure on, apart from the one that trains. */
export type OpenSurvey = (request: SurveyRequest) => Promise<Survey>;

const PARTS = ['attention', 'train', 'sample'];
const LONGEST = 2 ** 20;

/** Throws a `Failure` 'bad-input' for what cannot be measured. */
export function checkBenchmark({ parts, longest }: BenchmarkRequest): void {
  if (parts.length === 0 || parts.some((part) => !PARTS.includes(part))) {
    throw new Failure('bad-input', 'Choose what to measure: attention, a training step or sampling.');
  }
  if (!Number.isInteger(longest) || longest < 64 || longest > LONGEST) {
    throw new Failure('bad-input', `The longest sequence must be from 64 to ${LONGEST} positions.`);
  }
}

export class Benchmark {
  readonly #request: BenchmarkRequest;
  readonly #tell: (update: BenchmarkUpdate) => void;
  #survey: Survey | undefined;
  #stopped = false;

  constructor(id: number, request: BenchmarkRequest, emit: (event: EngineEvent) => void) {
    checkBenchmark(request);
    this.#request = request;
    this.#tell = (update) => emit({ type: 'benchmark', id, update });
  }

  stop(): void {
    this.#stopped = true;
    this.#survey?.stop();
  }

  /** Measures everything; the last update says whether it was stopped. */
  async run(open: OpenSurvey): Promise<void> {
    try {
      if (!this.#stopped) await this.#measure(open);
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'cancelled')) throw error;
    } finally {
      this.#survey?.close();
    }
    this.#tell({ what: 'ended', stopped: this.#stopped });
  }

  async #measure(open: OpenSurvey): Promise<void> {
    const survey = await open(this.#request);
    this.#survey = survey;
    const { adapter, ceilings, items } = survey;
    this.#tell({ what: 'about', about: { adapter, ceilings } });
    const breathe = breather();
    for (const [done, { words, measure }] of items.entries()) {
      if (this.#stopped) return;
      this.#tell({ what: 'progress', done, total: items.length, words });
      // Lets a wish to stop arrive.
      await breathe();
      if (this.#stopped) return;
      this.#tell({ what: 'row', row: await measure() });
    }
  }
}
