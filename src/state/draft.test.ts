// Editing the next run: what follows from a change, and that choices and settings say the same.

import { describe, expect, test } from 'vitest';
import { presets } from '../model/presets.ts';
import { configProblems } from '../model/validate.ts';
import {
  largerPreset,
  patternChoice,
  presetNames,
  presetOf,
  withAttention,
  withModel,
  withPattern,
  withStride,
  withTraining,
} from './draft.ts';

const { tiny, small } = presets;

test('presets are recognised, whatever the run is called', () => {
  for (const name of presetNames) expect(presetOf({ ...presets[name], name: 'letters' })).toBe(name);
  expect(presetOf(withTraining(tiny, { steps: 1001 }))).toBe('own');
  expect(presetOf(withTraining(withTraining(tiny, { steps: 1 }), { steps: tiny.training.steps }))).toBe(
    'tiny',
  );
});

test('another width keeps the proportions of the rest', () => {
  const { model } = withModel(tiny, { dModel: tiny.model.dModel * 4 });
  expect(model.dFF / model.dModel).toBe(tiny.model.dFF / tiny.model.dModel);
  expect(model.dQueryKey / model.dModel).toBe(tiny.model.dQueryKey / tiny.model.dModel);
  expect(withModel(tiny, { dModel: 64, dFF: 100 }).model.dFF).toBe(100);
});

test('positions follow the stride unless they were set apart', () => {
  expect(withStride(tiny, 8).model.positions).toEqual({ kind: 'attention', stride: 8 });
  const apart = withModel(tiny, { positions: { kind: 'attention', stride: 5 } });
  expect(withStride(apart, 8).model.positions).toEqual({ kind: 'attention', stride: 5 });
});

test('summary cells never outgrow their block', () => {
  expect(withStride(small, 2).model.attention.summaryCells).toBeLessThanOrEqual(2);
});

test('a run that equals a preset knows the next larger one', () => {
  expect(largerPreset({ ...presets.tiny, name: 'letters' })).toBe('small');
  expect(largerPreset(presets.small)).toBe('medium');
  expect(largerPreset(presets.medium)).toBeUndefined();
  expect(largerPreset(withTraining(presets.tiny, { steps: 1001 }))).toBeUndefined();
});

describe.each(['dense', 'local', 'strided', 'fixed'] as const)('%s', (pattern) => {
  test.each(['interleaved', 'merged', 'multiHead'] as const)('%s can run and is read back', (form) => {
    const run = withPattern(tiny, pattern, form);
    expect(configProblems(run.model)).toEqual([]);
    expect(patternChoice(run).pattern).toBe(pattern);
    if (pattern === 'strided' || pattern === 'fixed') expect(patternChoice(run).form).toBe(form);
  });
});

test('turns can be unequal', () => {
  const run = withPattern(tiny, 'strided', 'interleaved', ['column', 'local', 'local', 'local']);
  expect(run.model.attention.layers).toHaveLength(4);
  expect(patternChoice(run)).toEqual({
    pattern: 'strided',
    form: 'interleaved',
    cycle: ['column', 'local', 'local', 'local'],
  });
});

test('a pattern put together elsewhere can be trained, whatever its sizes', () => {
  const attention = {
    stride: 16,
    summaryCells: 4,
    dilation: 3,
    layers: [[['local', 'sink'], ['dilated']]],
  } as const;
  const taken = withAttention(tiny, attention, { contextLength: 256, nHead: 4 });
  expect(taken.model).toMatchObject({ attention, contextLength: 256, nHead: 4 });
  expect(configProblems(taken.model)).toEqual([]);
  // Too long for a model at home, and too many heads for its width.
  const kept = withAttention(tiny, attention, { contextLength: 2 ** 20, nHead: 64 });
  expect(kept.model.contextLength).toBe(tiny.model.contextLength);
  expect(kept.model.nHead).toBe(tiny.model.nHead);
  expect(configProblems(kept.model)).toEqual([]);
});
