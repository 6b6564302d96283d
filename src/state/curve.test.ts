// The training curve stays small and true, whatever arrives.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StepEvent } from '../protocol/index.ts';
import { drawn, emptyCurve, extended, MAX_POINTS } from './curve.ts';

const stepEvent = (step: number, bitsPerByte = 8 / (1 + step)): StepEvent => ({
  step,
  loss: bitsPerByte * Math.LN2,
  bitsPerByte,
  learningRate: 1e-3,
  gradNorm: 1,
  tokensPerSecond: 1000,
  seconds: step * 0.1,
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => stepEvent(from + i));

test('few steps are kept one by one', () => {
  expect(drawn(extended(emptyCurve, range(0, 10))).map(({ step }) => step)).toEqual(
    range(1, 11).map(({ step }) => step),
  );
});

test('a million steps stay below the limit, in order, with the newest at the end', () => {
  let curve = emptyCurve;
  for (let from = 0; from < 1_000_000; from += 10_000) curve = extended(curve, range(from, from + 10_000));
  const points = drawn(curve);
  expect(points.length).toBeLessThanOrEqual(MAX_POINTS);
  expect(points.length).toBeGreaterThan(MAX_POINTS / 4);
  expect(points.at(-1)?.step).toBe(1_000_000);
  expect(points.every((point, index) => index === 0 || point.step > points[index - 1]!.step)).toBe(true);
});

test('how the steps are batched makes no difference', () => {
  const batches = fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 40 });
  fc.assert(
    fc.property(batches, (sizes) => {
      let pieces = emptyCurve;
      let total = 0;
      for (const size of sizes) {
        pieces = extended(pieces, range(total, total + size));
        total += size;
      }
      expect(pieces).toEqual(extended(emptyCurve, range(0, total)));
    }),
  );
});

test('merging keeps the mean', () => {
  const steps = range(0, MAX_POINTS * 4);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const curve = extended(emptyCurve, steps);
  expect(curve.every).toBeGreaterThan(1);
  expect(mean(curve.points.map(({ bitsPerByte }) => bitsPerByte))).toBeCloseTo(
    mean(steps.map(({ bitsPerByte }) => bitsPerByte)),
    10,
  );
});

test('a run that goes back to a checkpoint draws its steps once', () => {
  const again = extended(extended(emptyCurve, range(0, 60)), range(50, 80));
  expect(drawn(again).map(({ step }) => step)).toEqual(range(1, 81).map(({ step }) => step));
});

test('one loss that is not finite does not swallow its neighbours', () => {
  const steps = range(0, MAX_POINTS * 2).map((event) =>
    event.step === 7 ? { ...event, bitsPerByte: Number.NaN } : event,
  );
  const curve = extended(emptyCurve, steps);
  expect(drawn(curve).every(({ bitsPerByte }) => Number.isFinite(bitsPerByte))).toBe(true);
});
