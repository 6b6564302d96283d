// The WebGPU engine against PyTorch: logits, loss, every gradient tensor, and ten steps of Adam, for every golden
// model. PyTorch computed in float64 (golden/make_golden.py), so what differs is the engine's float32.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device.ts';
import { testGpu } from '../gpu/testing.ts';
import { relativeError } from '../kernels/cases/index.ts';
import { gpuVariants } from '../kernels/index.ts';
import {
  goldenBatch,
  goldenCases,
  goldenParameters,
  goldenTokens,
  goldenTraining,
  loadGolden,
} from '../reference/golden.ts';
import type { ModelConfig } from './config.ts';
import type { EngineShape } from './engine.ts';
import type { ParameterLayout } from './parameters.ts';
import { createWebGpuEngine } from './transformer.ts';

/**
 * Largest relative errors, of a tensor in the Euclidean norm: some five times what is seen. A gradient is a sum over
 * 44 bytes with terms of both signs, so it keeps fewer digits than the logits do.
 */
const TOLERANCE = { logits: 1e-6, losses: 1e-6, gradient: 5e-6, gradNorms: 1e-6, final: 1e-6 };

/**
 * A key's bias moves all scores of a query alike, which a softmax does not see: its gradient is zero, and what
 * float32 leaves of it is rounding. It may be this share of the gradient of the whole bias.
 */
const KEY_BIAS_GRADIENT = 1e-7;
/** Adam divides a gradient by its own size, rounding too: it may carry a key's bias by one learning rate a step. */
const KEY_BIAS_DRIFT = goldenTraining.steps * goldenTraining.learningRate;

/** A parameter, or a part of one that is compared on its own: the rows of queries, keys and values of a bias. */
interface Part {
  readonly name: string;
  readonly parameter: string;
  readonly start: number;
  readonly end: number;
  readonly isKeyBias: boolean;
}

function partsOf({ dQueryKey }: ModelConfig, layout: ParameterLayout): Part[] {
  return layout.parameters.flatMap(({ name: parameter, size }): Part[] => {
    const part = (name: string, start: number, end: number, isKeyBias = false) => ({
      name,
      parameter,
      start,
      end,
      isKeyBias,
    });
    if (!parameter.endsWith('.qkv.bias')) return [part(parameter, 0, size)];
    return [
      part(`${parameter}, queries`, 0, dQueryKey),
      part(`${parameter}, keys`, dQueryKey, 2 * dQueryKey, true),
      part(`${parameter}, values`, 2 * dQueryKey, size),
    ];
  });
}

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

/** The same step in one micro-batch, and in two with recomputed blocks, in turn. */
const shapes: readonly EngineShape[] = [
  { microBatch: goldenBatch, accumulation: 1, recompute: false },
  { microBatch: 1, accumulation: goldenBatch, recompute: true },
];

const cases = goldenCases.map(([name, config], index) => ({
  name,
  config,
  shape: shapes[index % shapes.length]!,
  // One model with the kernels that a GPU would use: a software adapter compiles them for long.
  options:
    name === 'half-query-key' ? { variants: { ...gpuVariants, attention: { depth: 16 } as const } } : {},
}));

describe.each(cases)('$name', ({ name, config, shape, options }) => {
  it('computes what PyTorch does', async () => {
    const golden = await loadGolden(name);
    const engine = await createWebGpuEngine(gpu, config, shape, options);
    const { layout } = engine;
    const zeros = () => new Float32Array(layout.arenaSize);
    const parameters = Float32Array.from(goldenParameters(layout));
    engine.writeState({ parameters, m: zeros(), v: zeros() });

    const tokens = goldenTokens(0, config);
    const logits = await engine.logits(tokens);
    expect(relativeError(logits, golden.get('logits')!)).toBeLessThan(TOLERANCE.logits);

    const gradient = await engine.gradients({ step: 0, seed: 1, tokens });
    for (const part of partsOf(config, layout)) {
      const { actual, expected, whole } = pick(gradient, golden, 'gradient', part, layout);
      if (part.isKeyBias) expect(norm(actual), part.name).toBeLessThan(KEY_BIAS_GRADIENT * norm(whole));
      else expect(relativeError(actual, expected), part.name).toBeLessThan(TOLERANCE.gradient);
    }

    const { steps, ...update } = goldenTraining;
    for (let step = 0; step < steps; step++) {
      const request = { ...update, step, seed: 1, tokens: goldenTokens(step, config) };
      const { loss, gradNorm } = await engine.trainStep(request);
      const what = `step ${step}`;
      expect(relativeError([loss], [golden.get('losses')![step]!]), what).toBeLessThan(TOLERANCE.losses);
      expect(relativeError([gradNorm], [golden.get('gradNorms')![step]!]), what).toBeLessThan(
        TOLERANCE.gradNorms,
      );
    }
    const final = (await engine.readState()).parameters;
    for (const part of partsOf(config, layout)) {
      const { actual, expected } = pick(final, golden, 'final', part, layout);
      if (part.isKeyBias) expect(largestDifference(actual, expected), part.name).toBeLessThan(KEY_BIAS_DRIFT);
      else expect(relativeError(actual, expected), part.name).toBeLessThan(TOLERANCE.final);
    }
    engine.destroy();
  });
});

function pick(
  arena: Float32Array,
  golden: ReadonlyMap<string, Float64Array>,
  quantity: 'gradient' | 'final',
  { parameter, start, end }: Part,
  layout: ParameterLayout,
): { actual: Float32Array; expected: Float64Array; whole: Float64Array } {
  const { offset } = layout.byName.get(parameter)!;
  const whole = golden.get(`${quantity}.${parameter}`)!;
  return {
    actual: arena.subarray(offset + start, offset + end),
    expected: whole.subarray(start, end),
    whole,
  };
}

function norm(values: ArrayLike<number>): number {
  return Math.hypot(...Array.from(values));
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}
