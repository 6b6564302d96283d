// What the page and the worker say to each other about measuring the GPU.

import type { Adapter, Ceilings, SurveyPart, SurveyRow } from '../measure/rows.ts';

export interface BenchmarkRequest {
  readonly parts: readonly SurveyPart[];
  /** Attention is measured over lengths that double up to this one. */
  readonly longest: number;
}

/** What is measured on, told before the first row. */
export interface BenchmarkAbout {
  readonly adapter: Adapter;
  readonly ceilings: Ceilings;
}

export type BenchmarkUpdate =
  | { readonly what: 'about'; readonly about: BenchmarkAbout }
  | {
      readonly what: 'progress';
      readonly done: number;
      readonly total: number;
      /** What is measured now. */
      readonly words: string;
    }
  | { readonly what: 'row'; readonly row: SurveyRow }
  /** The last one, unless the call fails. */
  | { readonly what: 'ended'; readonly stopped: boolean };
