// One table for each group of measurements, our rows beside PyTorch's.

import { attentionPatterns } from '../../src/measure/models.ts';
import { type Group, isMeasured, type RowOf, type Skipped } from '../../src/measure/rows.ts';
import { type MachineResults, type PeerRow, runtimeWords, type TorchResults } from '../results.ts';
import { digits, percent, subjectWords, whole } from '../words.ts';
import { type Column, table } from './markdown.ts';
import { type Precision, type TorchTime, torchAttention, torchByte, torchCube, torchStep } from './torch.ts';

type Entry<G extends Group> = { readonly runtime: string } & Exclude<RowOf<G>, Skipped>;

const left = <R>(heading: string, cell: Column<R>['cell']): Column<R> => ({ heading, cell });
const right = <R>(heading: string, cell: Column<R>['cell']): Column<R> => ({ heading, cell, align: 'right' });
const runtime: Column<{ readonly runtime: string }> = left('in', (row) => row.runtime);

/** A median with its quartiles. */
function time(ms: number, [first, third]: readonly [number, number]): string {
  return `${digits(ms)} (${digits(first)} to ${digits(third)})`;
}

const mebibytes = (bytes: number) => whole(bytes / 2 ** 20);

const precisionNames: Readonly<Record<Precision, string>> = { fp32: 'f32', tf32: 'TF32', bf16: 'bf16' };

/** Columns that hold PyTorch's time, and how many times as fast as it we are, in each precision. */
function torchColumns<R>(
  find: (row: R, precision: Precision) => TorchTime | undefined,
  ours: (row: R) => number,
  what = '',
): Column<R>[] {
  return (Object.keys(precisionNames) as Precision[]).map((precision) =>
    right<R>(`PyTorch ${precisionNames[precision]}${what}, ms (our speed)`, (row) => {
      const torch = find(row, precision);
      return torch && `${digits(torch.ms)} (${digits(torch.ms / ours(row), 2)}x)`;
    }),
  );
}

const tables: { readonly [G in Group]: (rows: readonly Entry<G>[], torch: TorchResults) => string } = {
  attention: (rows, torch) => {
    const columns: Column<Entry<'attention'>>[] = [
      left('pattern', (row) => row.pattern),
      right('length', (row) => whole(row.length)),
      runtime,
      right('pairs of dense', (row) => percent(row.pairsOfDense)),
    ];
    const both = (row: Entry<'attention'>) => row.forwardMs + row.backwardMs;
    return [
      table(rows, [
        ...columns,
        right('forward, ms', (row) => time(row.forwardMs, row.forwardSpreadMs)),
        right('time of dense', (row) => optional(row.forwardOfDense, percent)),
        right('of theory', (row) => percent(row.forwardOfTheory)),
        ...torchColumns<Entry<'attention'>>(
          (row, precision) => torchAttention(torch, row.pattern, row.length, precision, 'fwd'),
          (row) => row.forwardMs,
        ),
      ]),
      table(rows, [
        ...columns,
        right('backward, ms', (row) => time(row.backwardMs, row.backwardSpreadMs)),
        right('time of dense', (row) => optional(row.backwardOfDense, percent)),
        right('of theory', (row) => percent(row.backwardOfTheory)),
        right('both, ms', (row) => digits(both(row))),
        ...torchColumns<Entry<'attention'>>(
          (row, precision) => torchAttention(torch, row.pattern, row.length, precision, 'fwdbwd'),
          both,
          ' both',
        ),
      ]),
    ].join('\n');
  },
  matmul: (rows, torch) =>
    table<Entry<'matmul'>>(rows, [
      left('product', (row) => row.name),
      left('pass', (row) => row.pass),
      left('precision', (row) => row.precision),
      left('M x N x K', (row) => `${row.M} x ${row.N} x ${row.K}`),
      runtime,
      right('ms', (row) => time(row.ms, row.spreadMs)),
      right('TFLOP/s', (row) => digits(row.teraflops)),
      right('of theory', (row) => percent(row.ofTheory)),
      ...torchColumns<Entry<'matmul'>>(
        (row, precision) =>
          row.M === row.N && row.N === row.K ? torchCube(torch, row.M, precision) : undefined,
        (row) => row.ms,
      ),
    ]),
  train: (rows, torch) =>
    [
      table<Entry<'train'>>(rows, [
        left('model', (row) => row.model),
        left('precision', (row) => row.precision),
        runtime,
        right('ms a step', (row) => time(row.stepMs, row.stepSpreadMs)),
        right('pipelined', (row) => digits(row.pipelinedMs)),
        right('tokens/s', (row) => whole(row.tokensPerSecond)),
        right('MiB', (row) => mebibytes(row.memoryBytes)),
        right('loss, step 0 and 19', (row) => `${row.loss0.toFixed(4)}, ${row.loss19.toFixed(4)}`),
        right('of theory', (row) => percent(row.ofTheory)),
        ...torchColumns<Entry<'train'>>(
          (row, precision) => torchStep(torch, row.model.slice(0, 2), precision),
          (row) => row.stepMs,
        ),
      ]),
      ...rows.map(kernelTable),
    ]
      .filter(Boolean)
      .join('\n'),
  watch: (rows) =>
    table(rows, [
      left('model', (row) => row.model),
      right('length', (row) => whole(row.length)),
      right('bytes a piece', (row) => whole(row.piece)),
      runtime,
      right('watched, ms', (row) => time(row.watchedMs, row.watchedSpreadMs)),
      right('not watched, ms', (row) => time(row.plainMs, row.plainSpreadMs)),
      right('speed kept', (row) => percent(row.kept)),
    ]),
  sample: (rows, torch) =>
    table<Entry<'sample'>>(rows, [
      left('model', (row) => row.model),
      right('length', (row) => whole(row.length)),
      left('part', (row) => (row.part === 'all' ? 'whole context' : 'its end')),
      right('at once', (row) => whole(row.samples)),
      runtime,
      right('ms a byte', (row) => time(row.tokenMs, row.tokenSpreadMs)),
      right('bytes/s', (row) => whole(row.tokensPerSecond)),
      right('of theory', (row) => percent(row.ofTheory)),
      ...torchColumns<Entry<'sample'>>(
        (row, precision) => (row.part === 'all' ? torchByte(torch, row.samples, precision) : undefined),
        (row) => row.tokenMs,
      ),
    ]),
  memory: (rows) =>
    table<Entry<'memory'>>(rows, [
      right('layers', (row) => whole(row.layers)),
      left('residual blocks', (row) => (row.recompute ? 'recomputed' : 'kept')),
      right('length', (row) => whole(row.length)),
      right('parameters', (row) => whole(row.parameters)),
      runtime,
      right('planned, MiB', (row) => mebibytes(row.plannedBytes)),
      right('allocated, MiB', (row) => optional(row.allocatedBytes, mebibytes) ?? row.notAllocated ?? ''),
    ]),
  length: (rows) =>
    table<Entry<'length'>>(rows, [
      right('length', (row) => whole(row.length)),
      right('stride', (row) => whole(row.stride)),
      right('layers', (row) => whole(row.layers)),
      right('parameters', (row) => whole(row.parameters)),
      runtime,
      right('ms a step', (row) => time(row.stepMs, row.stepSpreadMs)),
      right('tokens/s', (row) => whole(row.tokensPerSecond)),
      right('to n sqrt(n)', (row) => (row.ofSquareRootLaw === null ? '' : digits(row.ofSquareRootLaw))),
      right('MiB', (row) => mebibytes(row.memoryBytes)),
      right('submissions', (row) => whole(row.submissions)),
      right('longest, ms', (row) => digits(row.longestSubmissionMs)),
      right('of theory', (row) => percent(row.ofTheory)),
    ]),
  startup: (rows) =>
    table<Entry<'startup'>>(rows, [
      left('preset', (row) => row.preset),
      right('parameters', (row) => whole(row.parameters)),
      runtime,
      right('laid out, ms', (row) => digits(row.createMs)),
      right('weights drawn, ms', (row) => digits(row.drawMs)),
      right('compiled and first step, ms', (row) => digits(row.firstStepMs)),
      right('all, ms', (row) => digits(row.createMs + row.drawMs + row.firstStepMs)),
      right('all a second time, ms', (row) => digits(row.againMs)),
    ]),
};

/** Where a step's time goes, folded away. */
function kernelTable(row: Entry<'train'>): string {
  if (!row.kernels) return '';
  const total = row.kernels.reduce((sum, { ms }) => sum + ms, 0);
  const rows = row.kernels.filter(({ ms }) => ms >= 0.01 * total);
  return [
    `<details><summary>${row.model} in ${row.runtime}: kernels that take 1% or more of ${digits(total)} ms</summary>\n`,
    table(rows, [
      left('kernel', ({ kernel }) => kernel),
      right('dispatches', ({ dispatches }) => whole(dispatches)),
      right('ms', ({ ms }) => digits(ms)),
      right('share', ({ ms }) => percent(ms / total)),
    ]),
    '</details>\n',
  ].join('\n');
}

function optional<T>(value: T | null, words: (value: T) => string): string | undefined {
  return value === null ? undefined : words(value);
}

/** The tables of a group, and below them what was left out and why. */
export function groupTables<G extends Group>({ runs, peers }: MachineResults, group: G): string {
  const measured: Entry<G>[] = [];
  const skipped: string[] = [];
  for (const run of runs) {
    for (const row of run.rows) {
      if (row.group !== group) continue;
      if (isMeasured(row)) measured.push({ ...row, runtime: runtimeWords(run) } as unknown as Entry<G>);
      else skipped.push(`- ${subjectWords(row)}, in ${runtimeWords(run)}: ${row.skipped}`);
    }
  }
  const notes = skipped.length > 0 ? `Not measured:\n\n${skipped.join('\n')}\n` : '';
  return [tables[group](inOrder(measured, group), peers.torch ?? {}), notes].filter(Boolean).join('\n');
}

/** By what rows are put in order, whichever were measured last; what does not tell them apart leaves them as they came. */
const orders: Partial<Readonly<Record<Group, readonly string[]>>> = {
  attention: ['length', 'pattern', 'runtime'],
  matmul: ['runtime', 'precision'],
  train: ['precision', 'model', 'runtime'],
};
const patternOrder = [...attentionPatterns.keys()];

function inOrder<G extends Group>(rows: readonly Entry<G>[], group: G): readonly Entry<G>[] {
  const names: readonly string[] = orders[group] ?? ['length'];
  const place = (row: Entry<G>, name: string) => {
    const value = (row as Readonly<Record<string, unknown>>)[name];
    return name === 'pattern' ? patternOrder.indexOf(String(value)) : value;
  };
  const compare = (a: unknown, b: unknown) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en');
  return [...rows].sort((a, b) =>
    names.reduce<number>((order, name) => order || compare(place(a, name), place(b, name)), 0),
  );
}

/** Training steps of other libraries in the same browser. */
export function peerTable(rows: readonly PeerRow[]): string {
  const measured = rows.flatMap((row) => ('failed' in row ? [] : [row]));
  const failed = rows.flatMap((row) =>
    'failed' in row ? [`- ${row.peer}, ${row.model}: ${row.failed}`] : [],
  );
  const text = table(measured, [
    left('library', (row) => row.peer),
    left('model', (row) => row.model),
    right('ms a step', (row) => time(row.stepMs, row.stepSpreadMs)),
    right('tokens/s', (row) => whole(row.tokensPerSecond)),
    right('loss, first and last step', (row) => `${row.loss0.toFixed(4)}, ${row.lossLast.toFixed(4)}`),
    right('steps', (row) => whole(row.steps)),
  ]);
  return [text, failed.length > 0 ? `Failed:\n\n${failed.join('\n')}\n` : ''].filter(Boolean).join('\n');
}
