// Two builds side by side: each time with the ratio of every round, and nothing that only one of them measured.

import { expect, test } from 'vitest';
import type { Row } from '../src/measure/rows.ts';
import { compareRounds } from './compared.ts';
import { attentionRow, memoryRow, trainRow } from './report/testing.ts';

const attention = (forwardMs: number, backwardMs = 1): Row => ({ ...attentionRow, forwardMs, backwardMs });

test('each time has medians of the rounds, and ratios within rounds', () => {
  // The second round was slower for both, which says nothing of either.
  const before = [[attention(2)], [attention(4)], [attention(2)]];
  const now = [[attention(1)], [attention(3)], [attention(1.2)]];
  const [forward, backward, ...others] = compareRounds(before, now);
  expect(forward).toMatchObject({
    field: 'forwardMs',
    beforeMs: 2,
    nowMs: 1.2,
    ratio: 0.6,
    spread: [0.5, 0.75],
  });
  expect(backward).toMatchObject({ field: 'backwardMs', ratio: 1, spread: [1, 1] });
  expect(others).toEqual([]);
});

test('what only one build measured, or only in some rounds, is left out', () => {
  const { group, pattern, stride, summaryCells } = attentionRow;
  const skipped: Row = { group, pattern, length: 64, stride, summaryCells, skipped: 'too large' };
  expect(compareRounds([[attention(1), skipped]], [[skipped]])).toEqual([]);
  expect(compareRounds([[attention(1)], []], [[attention(1)], [attention(1)]])).toEqual([]);
  expect(compareRounds([[memoryRow]], [[memoryRow, trainRow]])).toEqual([]);
});
