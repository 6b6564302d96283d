// `npm run bench:compare`: the same measurements by an earlier commit and by the present code, in turn on this machine,
// so that a change is judged by a ratio from one run.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Arguments } from '../cli/arguments.ts';
import { type Output, runCommand } from '../cli/output.ts';
import { Failure } from '../src/lib/errors.ts';
import type { Row } from '../src/measure/rows.ts';
import { chromiumOptions } from './chromium.ts';
import { type Compared, compareRounds } from './compared.ts';
import { readSettings, settingsHelp, settingsOptions } from './settings.ts';
import { digits, subjectWords } from './words.ts';

const help = `npm run bench:compare -- --with COMMIT [--rounds 3] [--browser [--gpu] [--unsafe]] [--json]
        ${settingsHelp}
Measures COMMIT and the present code in turn, in Node or with --browser in Chromium.`;

const here = dirname(fileURLToPath(import.meta.url));
/** Both builds, as bench/build.mjs leaves them. */
const builds = { before: join(here, 'before'), now: here } as const;
type Build = keyof typeof builds;

/** The arguments that the two builds are given, as they were. */
function passedOn(given: Arguments, browser: boolean): string[] {
  const options = { ...settingsOptions, ...(browser && chromiumOptions) };
  return Object.keys(options)
    .filter((name) => given.has(name))
    .flatMap((name) => (given.flag(name) ? `--${name}` : [`--${name}`, given.required(name)]));
}

/** Runs a build's benchmark in a process of its own. */
async function measure(build: Build, browser: boolean, args: readonly string[]): Promise<Row[]> {
  const [file, ...command] = browser ? (['browser.mjs'] as const) : (['weft.mjs', 'bench'] as const);
  const child = spawn(process.execPath, [join(builds[build], file), ...command, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const rows: Row[] = [];
  for await (const line of createInterface({ input: child.stdout })) rows.push(JSON.parse(line));
  const code = await ended;
  if (code !== 0) throw new Failure('bad-input', `The benchmark of the code ${build} ended with ${code}.`);
  return rows;
}

function words({ row, field, beforeMs, nowMs, ratio, spread }: Compared): string {
  const [least, most] = spread;
  const times = `${digits(beforeMs)} and ${digits(nowMs)} ms`;
  return `${row.group.padEnd(9)} ${subjectWords(row)}, ${field}: ${times}, ${digits(ratio)} (${digits(least)} to ${digits(most)})`;
}

async function run(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, {
    ...{ ...settingsOptions, ...chromiumOptions, browser: 'flag', rounds: 'value', json: 'flag' },
    // Read by bench/start.mjs, which builds that commit.
    with: 'value',
  });
  if (!existsSync(builds.before))
    throw new Failure('bad-input', '--with is missing: the commit to compare with.');
  // Throws for what neither build would take.
  await readSettings(given);
  const browser = given.flag('browser');
  const rounds = given.count('rounds', 3, 1, 100);
  const measured: Record<Build, Row[][]> = { before: [], now: [] };
  for (let round = 0; round < rounds; round++) {
    // Whatever drifts, such as a GPU that grows warm, is on both sides.
    const order: Build[] = round % 2 === 0 ? ['before', 'now'] : ['now', 'before'];
    for (const build of order) {
      output.note(`round ${round + 1} of ${rounds}, the code ${build}`);
      measured[build].push(await measure(build, browser, passedOn(given, browser)));
    }
  }
  for (const compared of compareRounds(measured.before, measured.now)) {
    output.print(compared, words(compared));
  }
  return 0;
}

export function main(args: readonly string[]): Promise<never> {
  return runCommand(args, help, run);
}
