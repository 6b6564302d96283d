// The schedule, the evaluation and the training loop.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrainingConfig } from '../model/config.ts';
import { freshSnapshot } from '../model/snapshot.ts';
import { BigramEngine } from '../model/testing/bigram.ts';
import { testConfig, testShape } from '../model/testing/configs.ts';
import type { EvaluationEvent, StepEvent } from '../protocol/index.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import { evaluate, scoredWindows } from './evaluate.ts';
import { learningRateAt, shareDone } from './schedule.ts';
import { Trainer, type TrainerOptions } from './trainer.ts';

const training: TrainingConfig = {
  steps: 10,
  minutes: 0,
  seed: 5,
  ...testShape,
  precision: 'float32',
  learningRate: 0.05,
  warmupSteps: 3,
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
  evaluateEvery: 4,
  sampleEvery: 0,
};

const text = new TextEncoder().encode('the cat sat on the mat. '.repeat(30));
const data = { train: text.subarray(0, 600), val: text.subarray(600) };

function recorded(options: Partial<TrainerOptions> = {}) {
  const engine = new BigramEngine();
  const steps: StepEvent[] = [];
  const evaluations: EvaluationEvent[] = [];
  const trainer = new Trainer({
    engine,
    training,
    data,
    from: freshSnapshot(engine.layout, training.seed),
    onStep: (event) => steps.push(event),
    onEvaluation: (event) => evaluations.push(event),
    ...options,
  });
  return { engine, steps, evaluations, trainer };
}

describe('learningRateAt', () => {
  it('rises over the warm-up and falls to nothing', () => {
    const schedule = { steps: 100, minutes: 0, warmupSteps: 10, learningRate: 2 };
    const rates = Array.from({ length: 101 }, (_, step) => learningRateAt({ step, seconds: 1e6 }, schedule));
    expect(rates[0]).toBeCloseTo(0.2, 12);
    expect(rates.indexOf(Math.max(...rates))).toBe(9);
    expect(rates[50]).toBeCloseTo(1, 12);
    expect(rates[100]).toBe(0);
    for (let step = 10; step <= 100; step++) expect(rates[step]).toBeLessThan(rates[step - 1]!);
  });

  it('works without a warm-up', () => {
    const schedule = { steps: 1, minutes: 0, warmupSteps: 0, learningRate: 2 };
    expect(learningRateAt({ step: 0, seconds: 0 }, schedule)).toBe(2);
  });

  it('follows the minutes where they end first', () => {
    const schedule = { steps: 1e9, minutes: 2, warmupSteps: 10, learningRate: 2 };
    const rateAt = (step: number, seconds: number) => learningRateAt({ step, seconds }, schedule);
    expect(rateAt(4, 0)).toBeCloseTo(1, 6);
    expect(rateAt(1000, 60)).toBeCloseTo(1, 6);
    expect(rateAt(1000, 120)).toBe(0);
    expect(rateAt(1000, 500)).toBe(0);
    expect(shareDone({ step: 5e8, seconds: 30 }, schedule)).toBe(0.5);
    expect(shareDone({ step: 5e8, seconds: 90 }, schedule)).toBe(0.75);
  });
});

describe('evaluation', () => {
  it('scores every byte once, with the context that was asked for', () => {
    const lengths = fc.record({
      size: fc.integer({ min: 1, max: 500 }),
      contextLength: fc.integer({ min: 1, max: 60 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(lengths, ({ size, contextLength, share }) => {
        const minContext = Math.min(contextLength - 1, Math.floor(share * contextLength));
        const windows = scoredWindows(size, contextLength, minContext);
        const scored = windows.flatMap(({ start, from, to }) =>
          Array.from({ length: to - from }, (_, i) => start + from + i),
        );
        expect(scored).toEqual(Array.from({ length: size }, (_, i) => i));
        for (const [index, { start, from, to }] of windows.entries()) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(contextLength);
          if (index > 0) expect(from).toBeGreaterThanOrEqual(minContext);
        }
      }),
    );
    expect(() => scoredWindows(100, 16, 16)).toThrow(RangeError);
  });

  it('measures a model that knows nothing at 8 bits', async () => {
    const result = await evaluate(new BigramEngine(), data.val);
    expect(result?.bitsPerByte).toBeCloseTo(8, 6);
    expect(result?.scoredBytes).toBe(data.val.length);
  });

  it('does not depend on the window for a model that looks one byte back', async () => {
    const { engine, trainer } = recorded();
    await trainer.run();
    // With any context at all, all bytes but the first see their predecessor.
    const one = await evaluate(engine, data.val, { minContext: 1 });
    const many = await evaluate(engine, data.val, { minContext: 20 });
    expect(one?.bitsPerByte).toBeCloseTo(many?.bitsPerByte ?? 0, 6);
    const short = await evaluate(engine, data.val.subarray(0, 5));
    expect(short?.scoredBytes).toBe(5);
  });

  it('takes a part of long data, and gives up when told', async () => {
    const engine = new BigramEngine();
    expect((await evaluate(engine, text, { maxBytes: 100 }))?.scoredBytes).toBe(96);
    expect((await evaluate(engine, text, { maxBytes: 1 }))?.scoredBytes).toBe(testConfig.contextLength);
    expect(await evaluate(engine, text, { until: () => true })).toBeUndefined();
  });
});

describe('Trainer', () => {
  it('learns, reports every step in order and evaluates on time', async () => {
    const { trainer, steps, evaluations } = recorded({ training: { ...training, steps: 50 } });
    await trainer.run();
    expect(trainer.finished).toBe(true);
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(steps[0]?.bitsPerByte).toBeCloseTo(8, 3);
    expect(steps[49]?.bitsPerByte).toBeLessThan(4);
    expect(evaluations.map(({ step }) => step)).toEqual([4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 50]);
    expect(evaluations.at(-1)?.bitsPerByte).toBeLessThan(4);
    expect(trainer.progress.best?.bitsPerByte).toBe(Math.min(...evaluations.map((e) => e.bitsPerByte)));
  });

  it('gives the same bits when it stops, saves and goes on at any step', async () => {
    const straight = recorded();
    await straight.trainer.run();
    const wanted = await straight.trainer.snapshot();
    for (let cut = 0; cut <= training.steps; cut++) {
      const first = recorded();
      await first.trainer.run(() => first.trainer.progress.step >= cut);
      expect(first.steps.length).toBe(cut);
      const second = recorded({ from: await first.trainer.snapshot() });
      await second.trainer.run();
      const { progress, state } = await second.trainer.snapshot();
      expect(state).toEqual(wanted.state);
      expect({ ...progress, seconds: 0 }).toEqual({ ...wanted.progress, seconds: 0 });
      const losses = [...first.steps, ...second.steps].map(({ loss }) => loss);
      expect(losses).toEqual(straight.steps.map(({ loss }) => loss));
    }
  });

  it('gives the same bits on a transformer that drops and accumulates', async () => {
    const engineOf = () => new ReferenceEngine({ ...testConfig, dropout: 0.2 }, testShape);
    const finish = async (stops: number[]) => {
      let from = freshSnapshot(engineOf().layout, training.seed);
      for (const stop of [...stops, training.steps]) {
        const { trainer } = recorded({ engine: engineOf(), from });
        await trainer.run(() => trainer.progress.step >= stop && stop < training.steps);
        from = await trainer.snapshot();
      }
      return from.state;
    };
    const wanted = await finish([]);
    expect(await finish([5])).toEqual(wanted);
    expect(await finish([1, 2, 9])).toEqual(wanted);
  });

  it('leaves a long step that is stopped undone, and those behind it, and takes them when it goes on', async () => {
    const straight = recorded();
    await straight.trainer.run();
    const wanted = await straight.trainer.snapshot();
    const { trainer, engine, steps } = recorded();
    engine.longSteps = true;
    for (const pauseAfter of [1, 2, 5]) {
      await trainer.run(undefined, () => steps.length >= pauseAfter);
      expect(trainer.progress.step, 'none is counted that was not taken').toBe(steps.length);
    }
    await trainer.run();
    const { progress, state } = await trainer.snapshot();
    expect(state).toEqual(wanted.state);
    expect({ ...progress, seconds: 0 }).toEqual({ ...wanted.progress, seconds: 0 });
    expect(steps.map(({ loss }) => loss)).toEqual(straight.steps.map(({ loss }) => loss));
  });

  it('counts the seconds of training, not of pauses', async () => {
    let clock = 0;
    const { trainer, steps } = recorded({ now: () => clock++ });
    await trainer.run(() => trainer.progress.step >= 2);
    const before = trainer.progress.seconds;
    clock += 1e6;
    await trainer.run();
    expect(before).toBeGreaterThan(0);
    expect(trainer.progress.seconds).toBeLessThan(1);
    expect(
      steps.every(({ tokensPerSecond }) => tokensPerSecond > 0 && Number.isFinite(tokensPerSecond)),
    ).toBe(true);
  });

  it('tells the speed without the first step, which waits for the compiler', async () => {
    let clock = 0;
    const { trainer, steps } = recorded({ now: () => (clock += clock === 1 ? 1e5 : 1) });
    await trainer.run(() => trainer.progress.step >= 5);
    const speeds = steps.map(({ tokensPerSecond }) => Math.round(tokensPerSecond));
    const bytes = testShape.microBatch * testShape.accumulation * testConfig.contextLength;
    expect(speeds).toEqual([Math.round(bytes / 100), ...Array(4).fill(1000 * bytes)]);
    expect(trainer.progress.seconds).toBeCloseTo(100.004, 9);
  });

  it('ends when its minutes are over, evaluated, and goes on when it is given more', async () => {
    let clock = 0;
    // Each look at the clock takes a tenth of a second.
    const now = () => 100 * clock++;
    const timed = { ...training, steps: 1e9, minutes: 0.05, evaluateEvery: 1e6 };
    const { trainer, steps, evaluations, engine } = recorded({ training: timed, now });
    await trainer.run();
    expect(trainer.finished).toBe(true);
    const { seconds, step } = trainer.progress;
    expect(seconds).toBeGreaterThanOrEqual(3);
    expect(seconds).toBeLessThan(3.5);
    expect(evaluations.map((evaluation) => evaluation.step)).toEqual([step]);
    const rates = steps.map(({ learningRate }) => learningRate);
    expect(Math.max(...rates)).toBeGreaterThan(0.9 * timed.learningRate);
    expect(rates.at(-1)).toBeLessThan(0.1 * timed.learningRate);
    const longer = { ...timed, minutes: 0.1 };
    const second = recorded({ engine, training: longer, from: await trainer.snapshot(), now });
    await second.trainer.run();
    expect(second.trainer.progress.seconds).toBeGreaterThanOrEqual(6);
    expect(second.steps[0]?.step).toBe(step);
  });

  it('stops with the number of a step that is not finite', async () => {
    const { trainer, engine, steps } = recorded();
    engine.poisonedStep = 6;
    await expect(trainer.run()).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringContaining('step 6'),
    });
    expect(steps.at(-1)?.step).toBe(5);
  });

  it('passes a lost device on, without counting steps that did not happen', async () => {
    const { trainer, engine, steps } = recorded();
    engine.callsUntilLost = 3;
    await expect(trainer.run()).rejects.toMatchObject({ code: 'device-lost' });
    expect(steps.length).toBe(3);
  });
});
