// The benchmark as a person runs it, on whatever adapter there is.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProblems } from '../bench/results.ts';
import { rowProblems } from '../src/measure/rows.ts';
import { jsonLines, weft } from './testing.ts';

// The measurements that a software adapter compiles the least for.
it('prints one good row a line, and keeps the run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-bench-'));
  try {
    const file = join(folder, 'run.json');
    const args = ['bench', '--only', 'sample,memory', '--length', '64', '--json'];
    const outcome = await weft([...args, '--out', file]);
    expect(outcome.code, outcome.stderr).toBe(0);
    const rows = jsonLines(outcome.stdout);
    expect(rows.flatMap(rowProblems)).toEqual([]);
    const sampled = rows.filter(({ group }) => group === 'sample');
    expect(sampled.map(({ model, length, samples }) => `${model}, ${length}, ${samples}`)).toEqual([
      ...['T1 dense, tiny, 64, 1', 'T1 dense, tiny, 64, 4'],
      ...['2 layers, strided merged, 64, 1', '2 layers, dense, 64, 1'],
    ]);
    const depths = rows.filter(({ group }) => group === 'memory').map(({ layers }) => layers);
    expect(depths).toEqual([12, 24, 48, 64, 96, 128, 12, 24, 48, 64, 96, 128]);
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
