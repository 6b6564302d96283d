// What a benchmark reports: one flat JSON object a measurement. Each group of measurements has the fields that say
// what was measured, and those that say what came out; instead of the latter stands `skipped`, with the reason,
// where there was nothing to measure. The types follow from the schema, so that it is written once.

/** Time of one kernel of a plan, summed over its dispatches. */
export interface KernelTime {
  readonly kernel: string;
  readonly dispatches: number;
  readonly ms: number;
}

interface FieldTypes {
  number: number;
  'number?': number | null;
  text: string;
  'text?': string | null;
  flag: boolean;
  /** First and third quartile. */
  spread: readonly [number, number];
  'kernels?': readonly KernelTime[] | null;
}

type Fields = Readonly<Record<string, keyof FieldTypes>>;
interface GroupSchema {
  readonly of: Fields;
  readonly measured: Fields;
}

/**
 * Times are medians. `...TheoryMs` is what the arithmetic or the memory traffic takes at the adapter's measured peak,
 * whichever is more; `...OfTheory` is that share of the time that was measured.
 */
export const schema = {
  /** One attention layer, batch 1. `...OfDense` are shares of dense attention over the same length. */
  attention: {
    of: { pattern: 'text', length: 'number', stride: 'number', summaryCells: 'number' },
    measured: {
      pairs: 'number',
      pairsOfDense: 'number',
      forwardMs: 'number',
      forwardSpreadMs: 'spread',
      forwardOfDense: 'number?',
      forwardTheoryMs: 'number',
      forwardOfTheory: 'number',
      backwardMs: 'number',
      backwardSpreadMs: 'spread',
      backwardOfDense: 'number?',
      backwardTheoryMs: 'number',
      backwardOfTheory: 'number',
      runs: 'number',
    },
  },
  /** One matrix product out[M, N] = a[M, K] b[K, N] with the layout that `pass` needs; theory is of float32. */
  matmul: {
    of: { name: 'text', pass: 'text', precision: 'text', M: 'number', N: 'number', K: 'number' },
    measured: {
      ms: 'number',
      spreadMs: 'spread',
      runs: 'number',
      teraflops: 'number',
      theoryMs: 'number',
      ofTheory: 'number',
    },
  },
  /**
   * Training steps on random windows of bytes; `stepMs` waits for each step, `pipelinedMs` for ten together. Theory is of
   * float32.
   */
  train: {
    of: { model: 'text', precision: 'text', parameters: 'number', tokens: 'number' },
    measured: {
      stepMs: 'number',
      stepSpreadMs: 'spread',
      runs: 'number',
      pipelinedMs: 'number',
      tokensPerSecond: 'number',
      memoryBytes: 'number',
      loss0: 'number',
      loss19: 'number',
      theoryMs: 'number',
      ofTheory: 'number',
      kernels: 'kernels?',
    },
  },
  /** Bytes drawn at temperature 1 over the key/value cache: all of the context, or only its end. */
  sample: {
    of: { model: 'text', part: 'text', length: 'number', samples: 'number' },
    measured: {
      tokens: 'number',
      tokenMs: 'number',
      tokenSpreadMs: 'spread',
      runs: 'number',
      tokensPerSecond: 'number',
      theoryMs: 'number',
      ofTheory: 'number',
    },
  },
  /** The same bytes with the attention of one layer watched, read once a piece, and without. */
  watch: {
    of: { model: 'text', length: 'number', piece: 'number' },
    measured: {
      tokens: 'number',
      watchedMs: 'number',
      watchedSpreadMs: 'spread',
      plainMs: 'number',
      plainSpreadMs: 'spread',
      runs: 'number',
      /** Share of the speed that is kept. */
      kept: 'number',
    },
  },
  /** What a training run is said to need, and what it allocates where that was tried. */
  memory: {
    of: { layers: 'number', recompute: 'flag', length: 'number', parameters: 'number' },
    measured: { plannedBytes: 'number', allocatedBytes: 'number?', notAllocated: 'text?' },
  },
  /** Training steps over long contexts. `ofSquareRootLaw`: time against n sqrt(n), from the first length measured on. */
  length: {
    of: { length: 'number', stride: 'number', layers: 'number', parameters: 'number' },
    measured: {
      stepMs: 'number',
      stepSpreadMs: 'spread',
      runs: 'number',
      ofSquareRootLaw: 'number?',
      tokensPerSecond: 'number',
      memoryBytes: 'number',
      submissions: 'number',
      longestSubmissionMs: 'number',
      loss: 'number',
      theoryMs: 'number',
      ofTheory: 'number',
    },
  },
  /** From a configuration to its first finished step, on a new device; `againMs` on the same one a second time. */
  startup: {
    of: { preset: 'text', parameters: 'number' },
    measured: {
      createMs: 'number',
      drawMs: 'number',
      firstStepMs: 'number',
      againMs: 'number',
    },
  },
} as const satisfies Readonly<Record<string, GroupSchema>>;

export type Group = keyof typeof schema;
export const GROUPS = Object.keys(schema) as Group[];

type Values<F extends Fields> = { readonly [K in keyof F]: FieldTypes[F[K]] };
/** Says what was measured. */
export type Subject<G extends Group> = Values<(typeof schema)[G]['of']>;
export type Measured<G extends Group> = Values<(typeof schema)[G]['measured']>;
/** Why there is no measurement. */
export interface Skipped {
  readonly skipped: string;
}
export type RowOf<G extends Group> = { readonly group: G } & Subject<G> & (Measured<G> | Skipped);
export type Row = { [G in Group]: RowOf<G> }[Group];

/** The groups that the page measures. */
export type SurveyPart = 'attention' | 'train' | 'sample';
export type SurveyRow = { [G in SurveyPart]: RowOf<G> }[SurveyPart];

export type MeasuredRow = Exclude<Row, Skipped>;

export function isMeasured<R extends Row>(row: R): row is Exclude<R, Skipped> {
  return !('skipped' in row);
}

/** Tells what was measured: rows of the same subject have the same key. */
export function subjectKey(row: Row): string {
  const { of } = schema[row.group] as GroupSchema;
  const values = row as unknown as Readonly<Record<string, unknown>>;
  return JSON.stringify([row.group, ...Object.keys(of).map((name) => values[name])]);
}

/** What is wrong with a value that should be a row; empty for a good one. */
export function rowProblems(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['not an object'];
  const row = value as Readonly<Record<string, unknown>>;
  const group = GROUPS.find((name) => name === row.group);
  if (!group) return [`group is ${String(row.group)}`];
  const { of, measured } = schema[group] as GroupSchema;
  const skipped: Fields = { skipped: 'text' };
  const fields: Fields = { ...of, ...('skipped' in row ? skipped : measured) };
  const wrong = Object.entries(fields)
    .filter(([name, type]) => !hasType(row[name], type))
    .map(([name, type]) => `${name} is ${JSON.stringify(row[name])}, not a ${type}`);
  const unknown = Object.keys(row).filter((name) => name !== 'group' && !Object.hasOwn(fields, name));
  return [...wrong, ...unknown.map((name) => `${name} is unknown`)];
}

function hasType(value: unknown, type: keyof FieldTypes): boolean {
  const isNumber = (item: unknown) => typeof item === 'number' && Number.isFinite(item);
  switch (type) {
    case 'number':
      return isNumber(value);
    case 'text':
      return typeof value === 'string';
    case 'flag':
      return typeof value === 'boolean';
    case 'spread':
      return Array.isArray(value) && value.length === 2 && value.every(isNumber);
    case 'number?':
      return value === null || isNumber(value);
    case 'text?':
      return value === null || typeof value === 'string';
    case 'kernels?':
      return (
        value === null ||
        (Array.isArray(value) &&
          value.every(
            (item) => typeof item?.kernel === 'string' && isNumber(item.dispatches) && isNumber(item.ms),
          ))
      );
  }
}

/** A value whose numbers have six digits at most, more than any clock is good for. */
export function rounded<T>(value: T): T {
  const round = (_: string, item: unknown) =>
    typeof item === 'number' && !Number.isInteger(item) ? Number(item.toPrecision(6)) : item;
  return JSON.parse(JSON.stringify(value, round)) as T;
}

/** The adapter that was measured on. */
export interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** It computes on the CPU. */
  readonly software: boolean;
  readonly features: readonly string[];
  readonly maxBindingBytes: number;
}

/** What an adapter can do at most, measured. */
export interface Ceilings {
  /** Float32 operations; a multiply-add is two. */
  readonly flopsPerSecond: number;
  /** Bytes read and written. */
  readonly bytesPerSecond: number;
}
