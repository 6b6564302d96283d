// The training run as the page sees it: its status, what was started, and what has come of it so far.

import type {
  DatasetInfo,
  EngineEvent,
  EvaluationEvent,
  Preflight,
  RunConfig,
  RunStatus,
  SavedRun,
  StepEvent,
} from '../protocol/index.ts';
import { type Curve, emptyCurve, extended } from './curve.ts';

/** What a run was given: it stays the same object while the rest of the record grows. */
export interface RunSetup {
  readonly config: RunConfig;
  /** Null where a saved run was opened without its file. */
  readonly data: DatasetInfo | null;
  readonly cost: Preflight | null;
  /** How far a saved run had come; null for one that began here. */
  readonly from: Pick<SavedRun, 'step' | 'heldOutBitsPerByte'> | null;
}

/** What one run was given and has shown; it stays to be looked at after the run has ended. */
export interface RunRecord {
  readonly setup: RunSetup;
  readonly curve: Curve;
  readonly latest: StepEvent | null;
  readonly evaluations: readonly TimedEvaluation[];
  readonly samples: readonly RunSample[];
}

export interface TimedEvaluation extends EvaluationEvent {
  readonly seconds: number;
}

/** What the model drew at a step: bytes of the run's medium. */
export interface RunSample {
  readonly step: number;
  readonly samples: readonly Uint8Array[];
}

export interface RunSlice {
  readonly status: RunStatus;
  readonly record: RunRecord | null;
  /** Runs before it, oldest first, to compare it with. */
  readonly earlier: readonly RunRecord[];
}

export const MAX_EVALUATIONS = 240;
export const MAX_SAMPLES = 12;
export const MAX_EARLIER = 6;

export const initialRun: RunSlice = { status: { state: 'idle' }, record: null, earlier: [] };

export function newRecord(setup: RunSetup): RunRecord {
  return { setup, curve: emptyCurve, latest: null, evaluations: [], samples: [] };
}

/** Makes room for another run; what the present one has learned stays to be compared with. */
export function putAside({ record, earlier }: RunSlice): RunSlice {
  const worth = record?.latest ? [...earlier, record] : earlier;
  return { ...initialRun, earlier: worth.slice(-MAX_EARLIER) };
}

/** Runs before this one on the same data: only their bits say something about each other. */
export function comparable({ record, earlier }: RunSlice): readonly RunRecord[] {
  const data = record?.setup.data;
  return data ? earlier.filter(({ setup }) => setup.data?.id === data.id) : [];
}

/** A run that holds the engine: its settings are fixed and another one cannot start. */
export function isActive({ state }: RunStatus): boolean {
  return state === 'preparing' || state === 'training' || state === 'paused' || state === 'recovering';
}

/** Steps done so far: an event names a step by its index. */
export function stepsDone({ latest, setup }: RunRecord): number {
  return latest ? latest.step + 1 : (setup.from?.step ?? 0);
}

/** Bits per byte on held-out data, as last evaluated. */
export function heldOut(record: RunRecord): number | null {
  return record.evaluations.at(-1)?.bitsPerByte ?? record.setup.from?.heldOutBitsPerByte ?? null;
}

export function runOnEvent(slice: RunSlice, event: EngineEvent): RunSlice {
  if (event.type === 'status') return { ...slice, status: event.status };
  const { record } = slice;
  if (!record) return slice;
  switch (event.type) {
    case 'steps':
      return { ...slice, record: withSteps(record, event.steps) };
    case 'evaluation':
      return { ...slice, record: withEvaluation(record, event.evaluation) };
    case 'sample': {
      const { step, samples } = event;
      const all = [...record.samples.filter((old) => old.step < step), { step, samples }];
      return { ...slice, record: { ...record, samples: all.slice(-MAX_SAMPLES) } };
    }
    default:
      return slice;
  }
}

function withSteps(record: RunRecord, steps: readonly StepEvent[]): RunRecord {
  const latest = steps.at(-1);
  if (!latest) return record;
  return { ...record, curve: extended(record.curve, steps), latest };
}

function withEvaluation(record: RunRecord, evaluation: EvaluationEvent): RunRecord {
  const seconds = record.latest?.seconds ?? 0;
  const earlier = record.evaluations.filter(({ step }) => step < evaluation.step);
  // Every second one goes when there are too many: the first and the newest always stay.
  const kept = earlier.length < MAX_EVALUATIONS ? earlier : earlier.filter((_, index) => index % 2 === 0);
  return { ...record, evaluations: [...kept, { ...evaluation, seconds }] };
}
