// What two builds measured in turn, side by side.

import { median } from '../src/gpu/timing.ts';
import { isMeasured, type Row, subjectKey } from '../src/measure/rows.ts';

/** One time of one subject, measured by two builds in each of several rounds. */
export interface Compared {
  /** What was measured, as the present build says it in the first round. */
  readonly row: Row;
  /** The name of the time. */
  readonly field: string;
  /** Medians over the rounds, in milliseconds. */
  readonly beforeMs: number;
  readonly nowMs: number;
  /** Now against before: the median of the rounds' ratios, and the least and the most of them. */
  readonly ratio: number;
  readonly spread: readonly [number, number];
}

/** Compares what both builds measured in every round; `before[i]` and `now[i]` are the rows of round i. */
export function compareRounds(
  before: readonly (readonly Row[])[],
  now: readonly (readonly Row[])[],
): Compared[] {
  const earlier = before.map(timesOf);
  const present = now.map(timesOf);
  return (now[0] ?? []).flatMap((row) =>
    fieldsOf(row).flatMap((field) => {
      const key = `${subjectKey(row)} ${field}`;
      const pairs = present.map((times, round) => [earlier[round]?.get(key), times.get(key)] as const);
      if (!pairs.every((pair): pair is [number, number] => pair.every((ms) => ms !== undefined))) return [];
      const ratios = pairs.map(([beforeMs, nowMs]) => nowMs / beforeMs);
      return {
        ...{ row, field },
        beforeMs: median(pairs.map(([beforeMs]) => beforeMs)),
        nowMs: median(pairs.map(([, nowMs]) => nowMs)),
        ratio: median(ratios),
        spread: [Math.min(...ratios), Math.max(...ratios)] as const,
      };
    }),
  );
}

/** The times that a row measured; what theory says is none. */
function fieldsOf(row: Row): string[] {
  if (!isMeasured(row)) return [];
  return Object.entries(row)
    .filter(
      ([name, value]) => /^ms$|Ms$/.test(name) && !/Theory|theory/.test(name) && typeof value === 'number',
    )
    .map(([name]) => name);
}

function timesOf(rows: readonly Row[]): Map<string, number> {
  return new Map(
    rows.flatMap((row) => {
      const values = row as unknown as Readonly<Record<string, number>>;
      return fieldsOf(row).map((field) => [`${subjectKey(row)} ${field}`, values[field]!] as const);
    }),
  );
}
