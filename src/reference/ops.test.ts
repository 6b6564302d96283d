import { describe, expect, test } from 'vitest';
import { headGroups } from '../model/config.ts';
import * as ops from './ops.ts';
import { attentionCases, randomTokens, randomValues, smallAttention, smallConfig } from './testing.ts';

describe('attention', () => {
  const config = smallConfig({ dQueryKey: 4 });
  const { contextLength: T, nHead, dModel, dQueryKey } = config;
  const shape = { B: 2, T, nHead, dModel, dQueryKey };
  const width = 2 * dQueryKey + dModel;
  const qkv = randomValues(shape.B * T * width, 1);
  const dO = randomValues(shape.B * T * dModel, 2);

  test('dense equals the formula, written out', () => {
    const groups = headGroups(config, 0);
    const { o, lse } = ops.attentionForward(qkv, shape, groups);
    const head = 1;
    const t = 6;
    const row = (b: number, position: number) => (b * T + position) * width;
    const scores = Array.from({ length: t + 1 }, (_, j) => {
      let dot = 0;
      for (let i = 0; i < 2; i++) dot += qkv[row(1, t) + 2 * head + i]! * qkv[row(1, j) + 4 + 2 * head + i]!;
      return Math.exp(dot / Math.sqrt(2));
    });
    const sum = scores.reduce((a, b) => a + b);
    expect(lse[(1 * nHead + head) * T + t]).toBeCloseTo(Math.log(sum), 12);
    for (let i = 0; i < 4; i++) {
      const expected = scores.reduce(
        (total, p, j) => total + (p / sum) * qkv[row(1, j) + 8 + 4 * head + i]!,
        0,
      );
      expect(o[(T + t) * dModel + 4 * head + i]).toBeCloseTo(expected, 12);
    }
  });

  test('a query without keys gives zero output and passes no gradient', () => {
    const groups = headGroups({ ...config, attention: smallAttention([[['summary']]]) }, 0);
    const output = ops.attentionForward(qkv, shape, groups);
    const dQKV = ops.attentionBackward(qkv, output, dO, shape, groups);
    // Head 0 reads cells 2 and 3 of each block of 4, so its first query with a key is the third.
    for (const t of [0, 1]) {
      expect(output.lse[t]).toBe(Number.NEGATIVE_INFINITY);
      expect([...output.o.subarray(t * dModel, t * dModel + 4)]).toEqual([0, 0, 0, 0]);
      expect([...dQKV.subarray(t * width, t * width + 2)]).toEqual([0, 0]);
    }
    expect(dQKV.every(Number.isFinite)).toBe(true);
    // Nobody sees the first position's key and value.
    expect([...dQKV.subarray(4, 6), ...dQKV.subarray(8, 12)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test.each(attentionCases)('backward equals central differences: %s', (_, attention) => {
    const groups = headGroups({ ...config, attention }, 0);
    const loss = (values: Float64Array) =>
      ops.attentionForward(values, shape, groups).o.reduce((sum, value, i) => sum + value * dO[i]!, 0);
    const dQKV = ops.attentionBackward(qkv, ops.attentionForward(qkv, shape, groups), dO, shape, groups);
    for (let i = 0; i < qkv.length; i += 7) {
      const above = qkv.slice();
      const below = qkv.slice();
      above[i]! += 1e-5;
      below[i]! -= 1e-5;
      expect(dQKV[i]).toBeCloseTo((loss(above) - loss(below)) / 2e-5, 7);
    }
  });

  test('large scores neither overflow nor vanish', () => {
    const groups = headGroups(config, 0);
    const { o, lse } = ops.attentionForward(
      qkv.map((value) => value * 1e3),
      shape,
      groups,
    );
    expect(o.every(Number.isFinite)).toBe(true);
    expect(lse.every(Number.isFinite)).toBe(true);
  });
});

test('cross-entropy of equal logits is log V, and its gradient sums to zero', () => {
  const logits = new Float64Array(3 * 256).fill(1e4);
  const targets = randomTokens(3, 1);
  for (const loss of ops.crossEntropyForward(logits, targets, 256))
    expect(loss).toBeCloseTo(Math.log(256), 10);
  const dLogits = ops.crossEntropyBackward(logits, targets, 256, 0.5);
  expect(dLogits[targets[0]!]).toBeCloseTo(0.5 * (1 / 256 - 1), 12);
  expect(dLogits.reduce((sum, value) => sum + value)).toBeCloseTo(0, 10);
});

test('dropout keeps its share, scales what it keeps, and draws the same again', () => {
  const draw = { rate: 0.25, seed: 1, batch: 256, site: 3, firstElement: 0 };
  const ones = new Float64Array(20_000).fill(1);
  const dropped = ops.residualForward(new Float64Array(ones.length), ones, draw);
  const kept = dropped.filter((value) => value !== 0);
  expect(kept.every((value) => value === 1 / 0.75)).toBe(true);
  expect(kept.length / ones.length).toBeCloseTo(0.75, 1);
  expect(ops.residualBackward(ones, draw)).toEqual(dropped);
  const later = ops.residualForward(new Float64Array(100), ones.subarray(0, 100), {
    ...draw,
    firstElement: 50,
  });
  expect(later).toEqual(dropped.slice(50, 150));
  expect(ops.residualForward(ones, ones)).toEqual(ones.map(() => 2));
});

test('clipping brings the norm down to its limit and never up', () => {
  const gradient = Float64Array.of(3, 4);
  expect(ops.globalNorm(gradient)).toBe(5);
  expect(ops.clipScale(5, 1)).toBe(0.2);
  expect(ops.clipScale(0.5, 1)).toBe(1);
});

test('the first update of Adam moves by the learning rate against the sign, and only matrices decay', () => {
  const state = { parameters: Float64Array.of(2, 2, 2), m: new Float64Array(3), v: new Float64Array(3) };
  const settings = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, eps: 0, weightDecay: 0.01 };
  ops.adamUpdate(state, Float64Array.of(5, -5, 1e-3), 1, 0, 1, settings);
  expect(state.parameters[0]).toBeCloseTo(2 - 0.1 - 0.1 * 0.01 * 2, 12);
  expect(state.parameters[1]).toBeCloseTo(2.1, 12);
  expect(state.parameters[2]).toBeCloseTo(1.9, 12);
  expect(state.m[0]).toBeCloseTo(0.5, 12);
  expect(state.v[0]).toBeCloseTo(0.025, 12);
});
