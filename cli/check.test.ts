// `check`: what it prints and how it ends, with made-up cases; and some real ones, through the whole command.

import { expect, test } from 'vitest';
import type { Gpu } from '../src/gpu/device.ts';
import { judge } from '../src/kernels/cases/index.ts';
import { type Check, runAll } from './check.ts';
import { runShares } from './check-jobs.ts';
import { CheckReport } from './check-report.ts';
import type { Output } from './output.ts';
import { jsonLines, weft } from './testing.ts';

const profile = {
  software: true,
  vendor: 'maker',
  architecture: 'kind',
  description: '',
  features: [],
  workgroupStorageBytes: 16_384,
};

/** An output that keeps what is printed and noted. */
function outputTo(printed: string[], json: boolean, notes: string[] = []): Output {
  return {
    json,
    share() {},
    print: (value: unknown, words: string) => printed.push(json ? JSON.stringify(value) : words),
    note: (words: string) => notes.push(words),
  } as unknown as Output;
}

/** Runs made-up checks; `devices` counts how many devices they took. */
async function runMadeUp(checks: readonly Partial<Check>[], json = false, stop = { requested: false }) {
  const printed: string[] = [];
  const output = outputTo(printed, json);
  let devices = 0;
  const open = async () => {
    devices++;
    return { profile, destroy() {} } as unknown as Gpu;
  };
  const whole = checks.map(
    (check, index): Check => ({
      name: `case ${index}`,
      leftOut: () => undefined,
      run: async () => judge(`case ${index}`, [{ what: 'error', value: 0, limit: 0 }]),
      ...check,
    }),
  );
  const code = await runAll(whole, open, output, stop);
  return { code, printed, devices };
}

const failing: Partial<Check> = {
  name: 'bad',
  run: async () => judge('bad', [{ what: 'error of out', value: 0.00123456, limit: 1e-6 }]),
};
const crashing: Partial<Check> = {
  name: 'worse',
  run: async () => {
    throw new Error('The device was lost.');
  },
};

test('when all is well there is only the adapter and a count', async () => {
  expect(await runMadeUp([{}, {}, { leftOut: () => 'too large' }])).toEqual({
    code: 0,
    printed: [
      'adapter  maker, kind\nkernels  f32 arithmetic, plain matrix products, attention by rows',
      '2 passed, 0 failed, 1 left out: not for this adapter',
    ],
    devices: 1,
  });
});

test('what fails is told, the rest goes on, on a new device after a crash, and the exit code is 1', async () => {
  const { code, printed, devices } = await runMadeUp([failing, crashing, {}]);
  expect(code).toBe(1);
  expect(printed.slice(1)).toEqual([
    'FAILED  bad\n        error of out: 0.00123 instead of at most 0.000001',
    'FAILED  worse\n        The device was lost.',
    '1 passed, 2 failed',
  ]);
  expect(devices).toBe(2);
});

test('whoever stops in the middle is told what was seen until then', async () => {
  const stop = { requested: false };
  const last: Partial<Check> = {
    run: async () => {
      stop.requested = true;
      return judge('last', []);
    },
  };
  const { code, printed } = await runMadeUp([{}, last, {}, {}], false, stop);
  expect([code, printed.at(-1)]).toEqual([130, '2 passed, 0 failed; stopped, 2 not run']);
});

test('a number that is none has failed', () => {
  expect(judge('case', [{ what: 'error', value: Number.NaN, limit: 1 }]).failures).toEqual([
    'error: NaN instead of at most 1',
  ]);
});

test('with --json every case is a line', async () => {
  const { printed } = await runMadeUp([failing, { leftOut: () => 'too large' }], true);
  expect(printed.map((line) => JSON.parse(line))).toEqual([
    { adapter: profile },
    {
      case: 'bad',
      measures: [{ what: 'error of out', value: 0.00123456, limit: 1e-6 }],
      failures: ['error of out: 0.00123 instead of at most 0.000001'],
    },
    { case: 'case 1', leftOut: 'too large' },
    { passed: 0, failed: 1, leftOut: 1 },
  ]);
});

test('a process that ends before its last case is started again there, and a case that ends two has failed', async () => {
  const shares = [['a', 'b', 'c'], ['d'], []];
  /** Processes end in "b" always, and in "d" once. */
  const starts: string[] = [];
  const start = (share: number, first: number) => {
    const names = shares[share]!.slice(first);
    starts.push(`${share} from ${first}`);
    const isFirstOfD = starts.filter((each) => each.startsWith('1')).length === 1;
    async function* lines() {
      yield '{"adapter":{}}';
      for (const name of names) {
        if (name === 'b' || (name === 'd' && isFirstOfD)) {
          yield '{"case":"cut o';
          return;
        }
        yield JSON.stringify({ case: name, measures: [], failures: [] });
      }
      yield '{"passed":0}';
    }
    return { lines: lines(), ended: Promise.resolve('SIGSEGV'), stop() {} };
  };
  const [printed, notes] = [[] as string[], [] as string[]];
  const code = await runShares(shares, new CheckReport(outputTo(printed, false, notes), 4), start);
  expect(printed).toEqual(['FAILED  b\n        two processes ended in it: SIGSEGV', '3 passed, 1 failed']);
  expect(code).toBe(1);
  expect(starts.sort()).toEqual(['0 from 0', '0 from 1', '0 from 2', '1 from 0', '1 from 0', '2 from 0']);
  expect(notes.sort()).toEqual([
    'A process ended in "b" (SIGSEGV); another goes on from there.',
    'A process ended in "d" (SIGSEGV); another goes on from there.',
  ]);
});

test('the command runs the cases that are asked for', async () => {
  const { code, stdout, stderr } = await weft(['check', '--only', 'layernorm forward', '--json']);
  expect(code, stderr).toBe(0);
  const lines = jsonLines(stdout);
  expect(lines[0]).toHaveProperty('adapter.vendor');
  expect(lines.at(-1)).toEqual({ passed: lines.length - 2, failed: 0, leftOut: 0 });
  expect(lines.length).toBeGreaterThan(4);

  const none = await weft(['check', '--only', 'no such case']);
  expect(none.code).toBe(2);
  expect(none.stderr).toBe('No case has "no such case" in its name.\n');
});

test('the command shares the cases out among processes, and passes Ctrl-C on to them', async () => {
  const { code, stdout, stderr } = await weft(['check', '--only', 'loss scale', '--jobs', '2', '--json']);
  expect(code, stderr).toBe(0);
  const lines = jsonLines(stdout);
  expect(lines.filter((line) => 'adapter' in line)).toHaveLength(1);
  expect(lines.at(-1)).toEqual({ passed: lines.length - 2, failed: 0, leftOut: 0 });

  const stopped = await weft(['check', '--only', 'matmul', '--jobs', '2', '--json'], (child) => {
    child.stdout?.once('data', () => setTimeout(() => child.kill('SIGINT'), 3000));
  });
  expect(stopped.code, stopped.stderr).toBe(130);
  expect(jsonLines(stopped.stdout).at(-1)).toMatchObject({ failed: 0, notRun: expect.any(Number) });

  const both = await weft(['check', '--jobs', '2', '--part', '1/2']);
  expect([both.code, both.stderr]).toEqual([
    2,
    '--jobs shares all cases out by itself: leave out --part and --from.\n',
  ]);
});
