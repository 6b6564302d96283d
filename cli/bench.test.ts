// The benchmark as a person runs it, on whatever adapter there is.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProblems } from '../bench/results.ts';
import { rowProblems } from '../src/measure/rows.ts';
import { jsonLines, weft } from './testing.ts';

/** Nearly all of it goes into compiling: twenty pipelines, each of which takes a software adapter a second or more. */
const longMs = 600_000;

it('prints one good row a line, and keeps the run', { timeout: longMs }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-bench-'));
  try {
    const file = join(folder, 'run.json');
    const args = ['bench', '--only', 'attention', '--length', '64', '--stride', '8', '--json'];
    const outcome = await weft([...args, '--out', file]);
    expect(outcome.code, outcome.stderr).toBe(0);
    const rows = jsonLines(outcome.stdout);
    expect(rows.flatMap(rowProblems)).toEqual([]);
    expect(rows.map(({ pattern, length }) => `${pattern} ${length}`)).toEqual(
      ['dense', 'local', 'column', 'strided', 'fixed'].map((pattern) => `${pattern} 64`),
    );
    const run = JSON.parse(await readFile(file, 'utf8'));
    expect(runProblems(run)).toEqual([]);
    expect(run.rows).toEqual(rows);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('refuses what it does not know', async () => {
  const outcome = await weft(['bench', '--only', 'speed']);
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toContain('--only takes attention');
});
