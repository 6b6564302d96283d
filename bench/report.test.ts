// The document that results make, and how results of several runs are kept together.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { performanceDocument } from './report/document.ts';
import { attentionRow, machine, run, torch, trainRow } from './report/testing.ts';
import { torchAttention, torchByte, torchCube, torchStep, torchVersions } from './report/torch.ts';
import { currentDocument } from './report.ts';
import { addRun, resultsText, runProblems } from './results.ts';

test('docs/PERFORMANCE.md is what the kept results and the notes make: npm run bench:report', async () => {
  expect(readFileSync('docs/PERFORMANCE.md', 'utf8')).toBe(await currentDocument());
});

describe('the document', () => {
  const text = performanceDocument([machine], '## Notes\n\nBy hand.\n');

  test.each([
    ['the notes', 'By hand.'],
    ['the machine', '## Acme Anvil 9000'],
    ['the ceilings', 'peak 60.0 TFLOP/s and 2,700 GB/s'],
    [
      'attention, with its spread, theory and PyTorch',
      '| strided | 12,288 | Node | 2.7% | 0.250 (0.240 to 0.270) | 5.0% | 40.0% | 0.500 (2.0x) |',
    ],
    [
      'a training step against two precisions',
      '819,200 | 900 | 5.5452, 3.3000 | 60.0% | 11.0 (1.1x) | 2.50 (0.25x) |',
    ],
    ['the kernels that matter', '| matmul/store 8192x256x256 | 12 | 4.00 | 99.8% |'],
    ['memory as planned and as allocated', '| 12 | kept | 3,072 | 9,600,000 | Node | 768 | 768 |'],
    [
      'sampling that is watched',
      '| T1 dense | 1,024 | 64 | Node | 0.125 (0.120 to 0.130) | 0.100 (0.0900 to 0.110) | 80.0% |',
    ],
    ['memory that was not tried', '3,072 | more than 1024 MiB, so not tried |'],
    [
      'what was left out, and why',
      '- length 1,048,576, stride 1024, in Node: This run needs a buffer of 2,048 MiB.',
    ],
    ['other libraries', '| jax-js | T1 dense | 600 (590 to 610) | 13,653 | 5.5600, 3.2200 | 20 |'],
    ['other libraries that failed', '- tfjs, T3 dense: loss is null'],
  ])('has %s', (_name, part) => {
    expect(text).toContain(part);
  });

  test('leaves out kernels that take less than 1%, and columns without content', () => {
    expect(text).not.toContain('optimizer/adam');
    expect(text).not.toContain('TF32');
  });

  test('puts attention in the order of lengths and patterns, whichever was measured last', () => {
    const rows = [
      { ...attentionRow, pattern: 'fixed', length: 12_288 },
      { ...attentionRow, pattern: 'dense', length: 65_536 },
      { ...attentionRow, pattern: 'dense', length: 12_288 },
    ];
    const shuffled = { ...machine, runs: [{ ...run, rows: rows as (typeof run)['rows'] }] };
    const lines = performanceDocument([shuffled], '')
      .split('\n')
      .filter((line) => /^\| (dense|fixed)/.test(line));
    expect(lines.slice(0, 3).map((line) => line.split(' | ').slice(0, 2).join(' '))).toEqual([
      '| dense 12,288',
      '| fixed 12,288',
      '| dense 65,536',
    ]);
  });

  test('says when there is nothing yet', () => {
    expect(performanceDocument([], '')).toContain('No results yet.');
  });
});

describe("PyTorch's results", () => {
  test('give the fastest way for each measurement', () => {
    expect(torchStep(torch, 'T1', 'fp32')).toEqual({ ms: 11, how: 'sdpa compile+graph' });
    expect(torchAttention(torch, 'strided', 12_288, 'fp32', 'fwdbwd')).toMatchObject({ ms: 2.5 });
    expect(torchCube(torch, 4096, 'fp32')).toMatchObject({ ms: 2.7 });
    expect(torchByte(torch, 1, 'fp32')).toEqual({ ms: 0.9, how: 'graph' });
    expect(torchVersions(torch)).toBe('PyTorch 2.11.0, CUDA 13.0, Acme Anvil 9000');
  });

  test('give nothing where nothing was measured', () => {
    expect(torchStep(torch, 'T2', 'fp32')).toBeUndefined();
    expect(torchAttention(torch, 'local', 1024, 'fp32', 'fwd')).toBeUndefined();
    expect(torchByte(torch, 16, 'bf16')).toBeUndefined();
  });
});

describe('results', () => {
  test('keep other subjects and runtimes when a run is added, and replace its own', () => {
    const faster = { ...run, date: '2026-02-03', rows: [{ ...trainRow, stepMs: 9 }] };
    const { runs } = addRun(machine, faster);
    expect(runs.map(({ rows }) => rows.map(({ group }) => group))).toEqual([
      ['attention', 'watch', 'memory', 'memory', 'length'],
      ['train'],
    ]);
    expect(addRun(machine, { ...faster, runtime: 'chromium' }).runs[0]).toEqual(run);
    const flagged = { ...run.adapter, features: ['chromium-experimental-subgroup-matrix'] };
    const browser = { ...machine, runs: [{ ...faster, runtime: 'chromium' as const }] };
    expect(addRun(browser, { ...faster, runtime: 'chromium', adapter: flagged }).runs).toHaveLength(2);
    expect(addRun({ ...machine, runs: [faster] }, { ...faster, date: '2026-03-04' }).runs).toHaveLength(1);
    const other = { ...faster, rows: [{ ...trainRow, model: 'T9 other' }] };
    expect(addRun({ ...machine, runs: [faster] }, other).runs).toEqual([faster, other]);
  });

  test('survive their file', () => {
    const text = resultsText(machine);
    expect(JSON.parse(text)).toEqual(machine);
    expect(text.split('\n').filter((line) => line.includes('"group"'))).toHaveLength(run.rows.length);
  });

  test('that are none are named', () => {
    expect(runProblems(run)).toEqual([]);
    expect(runProblems('text')).not.toEqual([]);
    expect(runProblems({ ...run, runtime: 'deno' }).join()).toContain('deno');
    expect(runProblems({ ...run, rows: [{ ...attentionRow, runs: 'many' }] }).join()).toContain(
      'row 0: runs',
    );
  });
});
