// `npm run bench:report`: keeps new results by machine in bench/results, and makes docs/PERFORMANCE.md of all of them.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Arguments } from '../cli/arguments.ts';
import { readBytes, writeBytes } from '../cli/files.ts';
import { type Output, runCommand } from '../cli/output.ts';
import { Failure } from '../src/lib/errors.ts';
import { machineName } from './machine.ts';
import { performanceDocument } from './report/document.ts';
import { addRun, type MachineResults, type Peers, type Run, resultsText, runProblems } from './results.ts';

const help = `npm run bench:report -- [--add FILE,FILE] [--torch FILE] [--peers FILE] [--machine NAME]
--add takes what bench --out wrote, --torch PyTorch's results, --peers those of other libraries.`;

/** From the project's root. */
const resultsFolder = 'bench/results';
const documentFile = 'docs/PERFORMANCE.md';
const notesFile = 'docs/performance-notes.md';

async function run(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, { add: 'value', torch: 'value', peers: 'value', machine: 'value' });
  const runs = await Promise.all((given.text('add')?.split(',') ?? []).map(readRun));
  const torch = given.text('torch');
  const browser = given.text('peers');
  const first = runs[0];
  const machine = given.text('machine') ?? (first && machineName(first.driver, first.adapter));
  if (runs.length > 0 || torch !== undefined || browser !== undefined) {
    if (machine === undefined)
      throw new Failure('bad-input', '--machine is missing: the name in bench/results.');
    const peers: Peers = {
      ...(torch === undefined ? {} : { torch: (await readJson(torch)) as NonNullable<Peers['torch']> }),
      ...(browser === undefined
        ? {}
        : { browser: (await readJson(browser)) as NonNullable<Peers['browser']> }),
    };
    await keep(machine, runs, peers);
    output.note(`Kept ${resultsFolder}/${machine}.json`);
  }
  await writeText(documentFile, await currentDocument());
  output.note(`Wrote ${documentFile}`);
  return 0;
}

/** The document that the kept results and the notes make. */
export async function currentDocument(): Promise<string> {
  return performanceDocument(await allResults(), await readText(notesFile));
}

async function keep(machine: string, runs: readonly Run[], peers: Peers): Promise<void> {
  const file = join(resultsFolder, `${machine}.json`);
  const exists = machineNames().includes(machine);
  const before = exists ? ((await readJson(file)) as MachineResults) : { machine, runs: [], peers: {} };
  const results = runs.reduce(addRun, before);
  await writeText(file, resultsText({ ...results, peers: { ...results.peers, ...peers } }));
}

async function readRun(path: string): Promise<Run> {
  const value = await readJson(path);
  const [problem] = runProblems(value);
  if (problem !== undefined) throw new Failure('bad-file', `${path} holds no benchmark results: ${problem}.`);
  return value as Run;
}

function machineNames(): string[] {
  return readdirSync(resultsFolder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

async function allResults(): Promise<MachineResults[]> {
  const files = machineNames().map((name) => join(resultsFolder, `${name}.json`));
  return (await Promise.all(files.map(readJson))) as MachineResults[];
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path));
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readText(path));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new Failure('bad-file', `${path} is not JSON.`, { cause });
    throw cause;
  }
}

function writeText(path: string, text: string): Promise<void> {
  return writeBytes(path, new TextEncoder().encode(text));
}

export function main(args: readonly string[]): Promise<never> {
  return runCommand(args, help, run);
}
