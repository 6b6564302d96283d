// What the page and the worker say to each other about tuning the kernels to the GPU.

import type { Tuning, TuningStep } from '../measure/tuning.ts';

export type TuningUpdate =
  /** What is kept of the adapter at hand, whenever that changes; null for nothing. */
  | { readonly what: 'kept'; readonly kept: Tuning | null }
  | {
      readonly what: 'progress';
      readonly id: number;
      readonly done: number;
      readonly total: number;
      /** What is measured now. */
      readonly words: string;
    }
  | { readonly what: 'step'; readonly id: number; readonly step: TuningStep }
  /** The last one, unless the call fails; stopped, what was kept before stays. */
  | { readonly what: 'ended'; readonly id: number; readonly stopped: boolean };
