// A measurement in the store: its own updates alone count, rows stay whatever happens, and a lost worker ends it.

import { expect, test } from 'vitest';
import type { BenchmarkUpdate, SurveyRow, WireError } from '../protocol/index.ts';
import { beginBenchmark, failBenchmark } from './benchmark.ts';
import { initialState, onEvent, onLifecycle, type WeftState } from './store.ts';

const request = { parts: ['attention'], longest: 1024 } as const;
const measuring: WeftState = { ...initialState, benchmark: beginBenchmark(2, request, 0) };
const error: WireError = { code: 'worker-lost', message: 'The engine stopped.' };
const row: SurveyRow = {
  ...{ group: 'attention', pattern: 'dense', length: 1024, stride: 32, summaryCells: 8 },
  skipped: 'too large',
};
const following = (state: WeftState, id: number, ...updates: BenchmarkUpdate[]) =>
  updates.reduce((now, update) => onEvent(now, { type: 'benchmark', id, update }), state).benchmark;

test('gathers progress and rows until it ends', () => {
  const progress = { what: 'progress', done: 0, total: 3, words: 'dense' } as const;
  const under = following(measuring, 2, progress, { what: 'row', row });
  expect(under).toMatchObject({ state: 'measuring', measurement: { progress: { total: 3 }, rows: [row] } });
  const ended = following(measuring, 2, { what: 'row', row }, { what: 'ended', stopped: true });
  expect(ended).toMatchObject({ state: 'done', stopped: true, measurement: { rows: [row] } });
});

test('leaves updates of another measurement, and of one that has ended, aside', () => {
  expect(following(measuring, 1, { what: 'row', row })).toBe(measuring.benchmark);
  const ended = { ...measuring, benchmark: following(measuring, 2, { what: 'ended', stopped: false }) };
  expect(following(ended, 2, { what: 'row', row })).toBe(ended.benchmark);
  expect(failBenchmark(ended.benchmark, 2, error)).toBe(ended.benchmark);
});

test('fails with its rows when the worker is lost', () => {
  const under = { ...measuring, benchmark: following(measuring, 2, { what: 'row', row }) };
  const lost = onLifecycle(under, { state: 'lost', error, restarting: true });
  expect(lost.benchmark).toMatchObject({ state: 'failed', error, measurement: { rows: [row] } });
});
