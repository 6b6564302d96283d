// What the rows of a measurement say: points of the chart, theory's lines through them, the saving, and the report to
// copy.

import { version } from '../../../package.json';
import type { SurveyPart, SurveyRow } from '../../protocol/index.ts';
import type { BenchmarkSlice, Measurement } from '../../state/benchmark.ts';

export const PATTERNS = ['dense', 'strided', 'fixed'] as const;
export type MeasuredPattern = (typeof PATTERNS)[number];
export type Pass = 'forward' | 'backward';

export type RowsOf<P extends SurveyPart> = Extract<SurveyRow, { group: P }>;
export type AttentionRow = RowsOf<'attention'>;
type Measured<R extends SurveyRow> = Exclude<R, { skipped: string }>;

export const isMeasured = <R extends SurveyRow>(row: R): row is Measured<R> => !('skipped' in row);

export function rowsOf<P extends SurveyPart>(rows: readonly SurveyRow[], part: P): RowsOf<P>[] {
  return rows.filter((row): row is RowsOf<P> => row.group === part);
}

export const msOf = (row: Measured<AttentionRow>, pass: Pass) =>
  pass === 'forward' ? row.forwardMs : row.backwardMs;

/** First and third quartile in milliseconds. */
export type Quartiles = readonly [number, number];

export const quartilesOf = (row: Measured<AttentionRow>, pass: Pass): Quartiles =>
  pass === 'forward' ? row.forwardSpreadMs : row.backwardSpreadMs;

/** Milliseconds of each pattern at one length, and what theory makes of the longest that was measured. */
export interface Point {
  readonly n: number;
  readonly dense?: number;
  readonly strided?: number;
  readonly fixed?: number;
  readonly quartiles: Readonly<Partial<Record<MeasuredPattern, Quartiles>>>;
  /** In proportion to n², through the longest dense measurement. */
  readonly square?: number;
  /** In proportion to n√n, through the longest strided one. */
  readonly root?: number;
}

export function pointsOf(rows: readonly AttentionRow[], pass: Pass): Point[] {
  const lengths = [...new Set(rows.map(({ length }) => length))].sort((a, b) => a - b);
  const measured = rows.filter(isMeasured);
  const longest = (pattern: MeasuredPattern) =>
    measured
      .filter((row) => row.pattern === pattern)
      .reduce<Measured<AttentionRow> | undefined>(
        (best, row) => (best && best.length > row.length ? best : row),
        undefined,
      );
  const [dense, strided] = [longest('dense'), longest('strided')];
  return lengths.map((n) => {
    const here = measured.filter(({ length }) => length === n);
    return {
      n,
      ...Object.fromEntries(here.map((row) => [row.pattern, msOf(row, pass)])),
      quartiles: Object.fromEntries(here.map((row) => [row.pattern, quartilesOf(row, pass)])),
      ...(dense && { square: msOf(dense, pass) * (n / dense.length) ** 2 }),
      ...(strided && { root: msOf(strided, pass) * (n / strided.length) ** 1.5 }),
    };
  });
}

/** Dense against strided at the longest length where both were measured. */
export interface Saving {
  readonly length: number;
  readonly denseMs: number;
  readonly stridedMs: number;
  /** How many times fewer pairs. */
  readonly fewerPairs: number;
}

export function savingOf(rows: readonly AttentionRow[], pass: Pass): Saving | null {
  const measured = rows.filter(isMeasured);
  for (const dense of measured.filter(({ pattern }) => pattern === 'dense').reverse()) {
    const strided = measured.find((row) => row.pattern === 'strided' && row.length === dense.length);
    if (strided) {
      return {
        length: dense.length,
        denseMs: msOf(dense, pass),
        stridedMs: msOf(strided, pass),
        fewerPairs: dense.pairs / strided.pairs,
      };
    }
  }
  return null;
}

/** 0.031 -> "31 µs"; 1.84 -> "1.84 ms"; 2300 -> "2.3 s". */
export function milliseconds(ms: number): string {
  if (ms < 1) return `${figures(1000 * ms)} µs`;
  return ms < 1000 ? `${figures(ms)} ms` : `${figures(ms / 1000)} s`;
}

/** 0.043 -> "4.3%"; 0.43 -> "43%". */
export const share = (value: number) => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)}%`;

/** "1.8 ms – 1.9 ms". */
export const spread = ([first, third]: Quartiles) => `${milliseconds(first)} – ${milliseconds(third)}`;

const figures = (value: number) => String(Number(value.toPrecision(3)));

export function measurementOf(slice: BenchmarkSlice): Measurement | null {
  return slice.state === 'empty' ? null : slice.measurement;
}

/** Everything that was measured, for other programs: one JSON object, a row a line. */
export function reportText(slice: BenchmarkSlice, browser: string): string {
  const measurement = measurementOf(slice);
  if (!measurement?.about) return '';
  const { about, request, startedAtMs, rows } = measurement;
  const head = JSON.stringify(
    {
      weft: version,
      date: new Date(startedAtMs).toISOString(),
      browser,
      whole: slice.state === 'done' && !slice.stopped,
      adapter: about.adapter,
      ceilings: about.ceilings,
      request,
    },
    null,
    1,
  ).replace(/\n}$/, '');
  return `${head},\n "rows": [\n  ${rows.map((row) => JSON.stringify(row)).join(',\n  ')}\n ]\n}\n`;
}
