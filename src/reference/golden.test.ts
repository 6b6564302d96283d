// The float64 reference against PyTorch: logits, loss, every gradient, and every parameter after ten steps.

import { describe, expect, test } from 'vitest';
import { ReferenceEngine } from './engine.ts';
import {
  goldenBatch,
  goldenCases,
  goldenParameters,
  goldenTokens,
  goldenTraining,
  loadGolden,
  worstError,
} from './golden.ts';
import { lossAndGradient, modelForward, referenceModel } from './transformer.ts';

const TOLERANCE = 1e-9;

describe.each(goldenCases)('%s', (name, config) => {
  test('logits and gradients', async () => {
    const golden = await loadGolden(name);
    const model = referenceModel(config);
    const arena = goldenParameters(model.layout);
    const tokens = goldenTokens(0, config);
    const gradient = new Float64Array(arena.length);
    lossAndGradient(model, arena, tokens, 1 / tokens.length, gradient);
    expect(worstError(modelForward(model, arena, tokens).logits, golden.get('logits')!)).toBeLessThan(
      TOLERANCE,
    );
    for (const { name: parameter, offset, size } of model.layout.parameters) {
      const error = worstError(
        gradient.subarray(offset, offset + size),
        golden.get(`gradient.${parameter}`)!,
      );
      expect(error, parameter).toBeLessThan(TOLERANCE);
    }
  });

  test('ten training steps', async () => {
    const golden = await loadGolden(name);
    const { steps, ...update } = goldenTraining;
    const shape = { microBatch: goldenBatch, accumulation: 1, recompute: false };
    const engine = new ReferenceEngine(config, shape, 'float64');
    engine.state.parameters.set(goldenParameters(engine.layout));
    const losses: number[] = [];
    const norms: number[] = [];
    for (let step = 0; step < steps; step++) {
      const { loss, gradNorm } = await engine.trainStep({
        ...update,
        step,
        seed: 1,
        tokens: goldenTokens(step, config),
      });
      losses.push(loss);
      norms.push(gradNorm);
    }
    expect(worstError(losses, golden.get('losses')!)).toBeLessThan(TOLERANCE);
    expect(worstError(norms, golden.get('gradNorms')!)).toBeLessThan(TOLERANCE);
    for (const { name: parameter, offset, size } of engine.layout.parameters) {
      const final = engine.state.parameters.subarray(offset, offset + size);
      expect(worstError(final, golden.get(`final.${parameter}`)!), parameter).toBeLessThan(TOLERANCE);
    }
  });
});

test('missing golden numbers are a failure that says what to do', async () => {
  await expect(loadGolden('no-such-model')).rejects.toThrow('python3 golden/make_golden.py');
});
