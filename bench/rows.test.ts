// The schema of rows: good ones pass, and whatever is missing, wrong or unknown is named.

import { expect, test } from 'vitest';
import { GROUPS, rowProblems } from '../src/measure/rows.ts';
import { attentionRow, memoryRow } from './report/testing.ts';

test('there are eight groups', () => {
  expect(GROUPS).toEqual(['attention', 'matmul', 'train', 'sample', 'watch', 'memory', 'length', 'startup']);
});

test('a measured and a skipped row are good', () => {
  expect(rowProblems(attentionRow)).toEqual([]);
  expect(rowProblems(memoryRow)).toEqual([]);
  const { group, pattern, length, stride, summaryCells } = attentionRow;
  expect(rowProblems({ group, pattern, length, stride, summaryCells, skipped: 'too large' })).toEqual([]);
});

const { forwardMs: _, ...missing } = attentionRow;

test.each([
  ['no row', null, /not an object/],
  ['an unknown group', { ...attentionRow, group: 'fft' }, /group is fft/],
  ['a missing number', missing, /forwardMs is undefined/],
  ['a number that is none', { ...attentionRow, backwardMs: Number.NaN }, /backwardMs/],
  ['a spread of one', { ...attentionRow, forwardSpreadMs: [1] }, /forwardSpreadMs/],
  ['a flag in words', { ...memoryRow, recompute: 'yes' }, /recompute/],
  ['a field too many', { ...attentionRow, speed: 1 }, /speed is unknown/],
  ['a number that may not be missing', { ...attentionRow, pairs: null }, /pairs/],
])('%s is refused', (_name, row, problem) => {
  expect(rowProblems(row).join('; ')).toMatch(problem);
});
