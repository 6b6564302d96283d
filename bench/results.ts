// The results of one machine, as they are kept: what ran where, with which versions, and every row.

import { SUBGROUP_MATRICES } from '../src/gpu/device.ts';
import { type Adapter, type Ceilings, type Row, rowProblems, subjectKey } from '../src/measure/rows.ts';

export type Runtime = 'node' | 'chromium';

/** What was measured in one go. */
export interface Run {
  readonly runtime: Runtime;
  readonly adapter: Adapter;
  /** Name and driver of the graphics card, as its own tool says; null where there is none. */
  readonly driver: string | null;
  /** ISO 8601, to the day. */
  readonly date: string;
  /** By name: weft, node, webgpu, chromium. */
  readonly versions: Readonly<Record<string, string>>;
  readonly ceilings: Ceilings;
  readonly rows: readonly Row[];
}

/** What others reach on the same machine: `torch` as PyTorch's benchmark wrote it, and rows of libraries in a browser. */
export interface Peers {
  readonly torch?: TorchResults;
  readonly browser?: readonly PeerRow[];
}

/** By job; a job's rows by name, each a record of numbers and words, or an `error`. */
export type TorchResults = Readonly<
  Record<string, { readonly rows?: Readonly<Record<string, Readonly<Record<string, number | string>>>> }>
>;

/** Training steps of another library in the browser, or why there are none. */
export type PeerRow = { readonly peer: string; readonly model: string } & (
  | {
      readonly stepMs: number;
      readonly stepSpreadMs: readonly [number, number];
      readonly runs: number;
      readonly tokensPerSecond: number;
      readonly loss0: number;
      /** After `steps` steps. */
      readonly lossLast: number;
      readonly steps: number;
    }
  | { readonly failed: string }
);

export interface MachineResults {
  readonly machine: string;
  readonly runs: readonly Run[];
  readonly peers: Peers;
}

/** Where a run was measured, for people. Chromium has subgroup matrices only with flags that users do not set. */
export function runtimeWords({ runtime, adapter }: Pick<Run, 'runtime' | 'adapter'>): string {
  if (runtime === 'node') return 'Node';
  return adapter.features.includes(SUBGROUP_MATRICES) ? 'Chromium with flags' : 'Chromium';
}

/** Adds a run to a machine's results: what was measured of its subjects in the same place before is replaced. */
export function addRun(results: MachineResults, run: Run): MachineResults {
  const subjects = new Set(run.rows.map(subjectKey));
  const kept = results.runs
    .map((earlier) =>
      runtimeWords(earlier) === runtimeWords(run)
        ? { ...earlier, rows: earlier.rows.filter((row) => !subjects.has(subjectKey(row))) }
        : earlier,
    )
    .filter(({ rows }) => rows.length > 0);
  return { ...results, runs: [...kept, run] };
}

/** The results as the file keeps them: a row a line. */
export function resultsText({ machine, runs, peers }: MachineResults): string {
  const runTexts = runs.map(({ rows, ...about }) => {
    const head = JSON.stringify(about, null, 1).replace(/\n}$/, '');
    return `${head},\n "rows": [\n  ${rows.map((row) => JSON.stringify(row)).join(',\n  ')}\n ]\n}`;
  });
  const fields = [
    `"machine": ${JSON.stringify(machine)}`,
    `"runs": [\n${runTexts.join(',\n')}\n]`,
    `"peers": ${JSON.stringify(peers, null, 1)}`,
  ];
  return `{\n${fields.join(',\n')}\n}\n`;
}

/** What is wrong with a value that should be a run; empty for a good one. */
export function runProblems(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['not an object'];
  const run = value as Partial<Run>;
  const problems: string[] = [];
  if (run.runtime !== 'node' && run.runtime !== 'chromium')
    problems.push(`runtime is ${String(run.runtime)}`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(run.date ?? '')) problems.push(`date is ${String(run.date)}`);
  if (typeof run.adapter?.vendor !== 'string') problems.push('adapter is missing');
  if (typeof run.versions !== 'object') problems.push('versions are missing');
  if (!(run.ceilings && run.ceilings.flopsPerSecond > 0 && run.ceilings.bytesPerSecond > 0)) {
    problems.push('ceilings are missing');
  }
  if (!Array.isArray(run.rows)) return [...problems, 'rows are missing'];
  const inRows = run.rows.flatMap((row, index) =>
    rowProblems(row).map((problem) => `row ${index}: ${problem}`),
  );
  return [...problems, ...inRows];
}
