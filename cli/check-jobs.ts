// `check` in several processes side by side: most of its time goes into compiling, on one core each. A process that ends
// before its last case, as a driver can make it, is started again where it was; a case that ends two has failed.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { CheckLine, CheckReport } from './check-report.ts';
import { type StopSignal, stopSignal } from './interrupt.ts';

/** A process that runs the cases of a share, from one on. */
export interface ShareProcess {
  /** What it prints with --json: the adapter, a line a case, and the counts. */
  readonly lines: AsyncIterable<string>;
  /** How it ended, for people; resolves after the last line. */
  readonly ended: Promise<string>;
  /** Asks it to end after the case at hand. */
  stop(): void;
}

const children = new Set<ChildProcess>();

function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Starts a `check` of its own with these arguments. */
export function startCheck(args: readonly string[]): ShareProcess {
  const child = spawn(process.execPath, [process.argv[1] ?? '', 'check', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C is for this process, which passes it on.
    detached: true,
  });
  if (children.size === 0) process.once('exit', endAll);
  children.add(child);
  return {
    lines: createInterface({ input: child.stdout }),
    ended: new Promise((resolve) => {
      child.once('error', ({ message }) => resolve(message));
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    }),
    stop: () => child.kill('SIGTERM'),
  };
}

/** Runs the shares side by side, each a list of cases by name, and returns the exit code. */
export async function runShares(
  shares: readonly (readonly string[])[],
  report: CheckReport,
  start: (share: number, first: number) => ShareProcess,
): Promise<number> {
  const running = new Set<ShareProcess>();
  const stop = stopSignal(() => {
    for (const each of running) each.stop();
  });
  const startAt = (share: number) => (first: number) => {
    const started = start(share, first);
    running.add(started);
    void started.ended.then(() => running.delete(started));
    return started;
  };
  await Promise.all(shares.map((names, share) => runShare(names, report, startAt(share), stop)));
  return report.end();
}

async function runShare(
  names: readonly string[],
  report: CheckReport,
  start: (first: number) => ShareProcess,
  stop: StopSignal,
): Promise<void> {
  let done = 0;
  /** How many processes have ended in the case that is next. */
  let ends = 0;
  for (;;) {
    const { lines, ended } = start(done);
    for await (const text of lines) {
      const line = caseOf(text);
      if (!line) continue;
      report.add(line);
      done++;
      ends = 0;
    }
    const how = await ended;
    const name = names[done];
    if (name === undefined || stop.requested) return;
    if (++ends === 1) {
      report.output.note(`A process ended in "${name}" (${how}); another goes on from there.`);
      continue;
    }
    report.add({ case: name, measures: [], failures: [`two processes ended in it: ${how}`] });
    if (++done === names.length) return;
    ends = 0;
  }
}

/** What a line says of a case; undefined where it is about something else. */
function caseOf(text: string): CheckLine | undefined {
  if (!text.startsWith('{"case":')) return undefined;
  try {
    return JSON.parse(text) as CheckLine;
  } catch {
    return undefined; // Cut off: the process ended while it wrote.
  }
}
