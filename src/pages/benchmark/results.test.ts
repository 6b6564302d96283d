// What is made of measured rows: theory passes through the longest, the saving compares like with like, and the report
// is JSON that holds everything.

import { expect, test } from 'vitest';
import type { BenchmarkSlice } from '../../state/benchmark.ts';
import { type AttentionRow, milliseconds, pointsOf, reportText, savingOf, spread } from './results.ts';

function measured(pattern: string, length: number, forwardMs: number): AttentionRow {
  const spread = (ms: number) => [0.9 * ms, 1.2 * ms] as const;
  const pass = {
    forwardMs,
    forwardSpreadMs: spread(forwardMs),
    forwardOfDense: null,
    forwardTheoryMs: 1,
    forwardOfTheory: 1,
  };
  return {
    ...{ group: 'attention', pattern, length, stride: 32, summaryCells: 8 },
    ...{ pairs: pattern === 'dense' ? length * length : length * 64, pairsOfDense: 1, runs: 7 },
    ...pass,
    ...{ backwardMs: 3 * forwardMs, backwardSpreadMs: spread(3 * forwardMs), backwardOfDense: null },
    ...{ backwardTheoryMs: 1, backwardOfTheory: 1 },
  };
}

const skipped: AttentionRow = {
  ...{ group: 'attention', pattern: 'dense', length: 4096, stride: 64, summaryCells: 8 },
  skipped: 'would take about 9 s a run here',
};
const rows = [
  measured('dense', 1024, 4),
  measured('strided', 1024, 1),
  measured('dense', 2048, 16),
  measured('strided', 2048, 3),
  skipped,
  measured('strided', 4096, 8),
];

test('theory goes through the longest measurement of each', () => {
  const points = pointsOf(rows, 'forward');
  expect(points.map(({ n }) => n)).toEqual([1024, 2048, 4096]);
  expect(points[2]).toMatchObject({ n: 4096, strided: 8, square: 64, root: 8 });
  expect(points[2]?.dense).toBeUndefined();
  expect(points[0]).toMatchObject({ dense: 4, square: 4, root: 1 });
  expect(pointsOf(rows, 'backward')[1]).toMatchObject({ dense: 48, square: 48 });
  expect(pointsOf([], 'forward')).toEqual([]);
  expect(pointsOf([skipped], 'forward')).toEqual([{ n: 4096, quartiles: {} }]);
});

test('each measured time has the quartiles of its own direction', () => {
  expect(pointsOf(rows, 'forward')[0]?.quartiles).toEqual({ dense: [3.6, 4.8], strided: [0.9, 1.2] });
  expect(pointsOf(rows, 'backward')[2]?.quartiles).toEqual({ strided: [0.9 * 24, 1.2 * 24] });
  expect(spread([0.9, 1.2])).toBe('900 µs – 1.2 ms');
});

test('the saving is that of the longest length where both were measured', () => {
  expect(savingOf(rows, 'forward')).toEqual({ length: 2048, denseMs: 16, stridedMs: 3, fewerPairs: 32 });
  expect(savingOf([skipped, measured('strided', 4096, 8)], 'forward')).toBeNull();
});

test('times have a unit and three figures', () => {
  expect([0.0314, 1.8449, 62, 2345].map(milliseconds)).toEqual(['31.4 µs', '1.84 ms', '62 ms', '2.35 s']);
});

test('the report is JSON with adapter, date, version and every row', () => {
  const slice: BenchmarkSlice = {
    state: 'done',
    stopped: false,
    measurement: {
      id: 1,
      request: { parts: ['attention'], longest: 4096 },
      startedAtMs: 0,
      about: {
        adapter: {
          ...{ vendor: 'v', architecture: 'a', description: '', software: false },
          ...{ features: ['subgroups'], maxBindingBytes: 1024 },
        },
        ceilings: { flopsPerSecond: 1, bytesPerSecond: 2 },
      },
      progress: null,
      rows,
    },
  };
  const report = JSON.parse(reportText(slice, 'a browser'));
  expect(report).toMatchObject({ date: '1970-01-01T00:00:00.000Z', browser: 'a browser', whole: true });
  expect(report.weft).toMatch(/^\d+\.\d+\.\d+/);
  expect(report.adapter.features).toEqual(['subgroups']);
  expect(report.rows).toEqual(rows);
  expect(reportText({ state: 'empty' }, '')).toBe('');
});
