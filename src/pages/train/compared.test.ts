// Runs side by side: what is said of their settings, and which of their points are drawn.

import { expect, test } from 'vitest';
import { presets } from '../../model/presets.ts';
import { withPattern } from '../../state/draft.ts';
import { newRecord, type RunRecord } from '../../state/run.ts';
import { colourOf, differences, lineOf } from './compared.ts';

const { tiny, small } = presets;

test('only what differs is said, of each run', () => {
  const seeded = { ...tiny, training: { ...tiny.training, seed: 2 } };
  expect(differences([tiny, tiny])).toEqual([[], []]);
  expect(differences([tiny, seeded])).toEqual([['seed 1'], ['seed 2']]);
  const [first, , third] = differences([tiny, seeded, small]);
  expect(first).toEqual(expect.arrayContaining(['context 128', 'width 32', 'rate 3e-3', 'seed 1']));
  expect(third).toEqual(expect.arrayContaining(['context 512', 'width 128', 'rate 1e-3', 'seed 1']));
});

test('each pattern has its colour', () => {
  const colours = (['dense', 'local', 'strided', 'fixed'] as const).map((pattern) =>
    colourOf(withPattern(tiny, pattern, 'merged')),
  );
  expect(new Set(colours).size).toBe(4);
});

test('the line is of held-out data where that was measured, and leaves out what is no number', () => {
  const record: RunRecord = {
    ...newRecord({ config: tiny, data: null, cost: null, from: null }),
    curve: {
      every: 1,
      points: [
        { step: 1, seconds: 0.5, bitsPerByte: 8, gradNorm: 1, learningRate: 1 },
        { step: 2, seconds: 1, bitsPerByte: Number.NaN, gradNorm: 1, learningRate: 1 },
      ],
      open: null,
      gathered: 0,
    },
  };
  expect(lineOf(record, 'steps')).toEqual([{ x: 1, bits: 8 }]);
  const evaluations = [
    { step: 10, seconds: 2, bitsPerByte: 5 },
    { step: 20, seconds: 4, bitsPerByte: 4 },
  ];
  expect(lineOf({ ...record, evaluations }, 'seconds')).toEqual([
    { x: 2, bits: 5 },
    { x: 4, bits: 4 },
  ]);
});
