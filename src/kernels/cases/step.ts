// Loss, metrics and Adam.

import { packStep } from '../../model/step-uniforms.ts';
import {
  adamUpdate,
  clipScale,
  globalNorm,
  crossEntropyBackward as referenceBackward,
  crossEntropyForward as referenceForward,
} from '../../reference/ops.ts';
import { copyAs } from '../copy.ts';
import { crossEntropyBackward, crossEntropyForward } from '../crossentropy.ts';
import { adam, lossSum, metrics, squareSumGroups, squareSums } from '../optimizer.ts';
import {
  halved,
  type KernelCase,
  noise,
  noiseBytes,
  reductions,
  reductionWords,
  stepSettings,
} from './case.ts';

export function stepCases(): KernelCase[] {
  return [...crossEntropyCases(), ...optimizerCases(), ...lossScaleCases(), copyCase()];
}

function crossEntropyCases(): KernelCase[] {
  const shapes = [
    { rows: 1, vocabSize: 256 },
    { rows: 77, vocabSize: 256 },
    { rows: 9, vocabSize: 12 },
  ];
  const forms = shapes.flatMap((shape) => reductions.map((reduction) => ({ ...shape, reduction })));
  return forms.flatMap(({ rows, vocabSize, reduction }) => {
    const tokens = noiseBytes(rows, 1).map((byte) => byte % vocabSize);
    // Far apart, so that a softmax without its maximum subtracted would overflow.
    const logits = noise(rows * vocabSize, 2, 40);
    const scale = 1 / 32;
    const size = `${rows} x ${vocabSize} ${reductionWords(reduction)}`;
    return [
      {
        name: `cross-entropy ${size}`,
        kernels: [crossEntropyForward({ rows, vocabSize }, reduction)],
        inputs: { tokens, logits },
        scratch: { losses: rows },
        expected: () => ({ losses: referenceForward(logits, tokens, vocabSize), logits }),
        tolerance: 1e-6,
      },
      {
        name: `cross-entropy with gradient ${size}`,
        kernels: [crossEntropyBackward({ rows, vocabSize }, scale, { storage: 'full', reduction })],
        inputs: { tokens, logits },
        scratch: { losses: rows },
        expected: () => ({
          losses: referenceForward(logits, tokens, vocabSize),
          logits: referenceBackward(logits, tokens, vocabSize, scale),
        }),
        tolerance: 2e-6,
      },
      {
        name: `cross-entropy with scaled gradient in float16 ${size}`,
        kernels: [crossEntropyBackward({ rows, vocabSize }, scale, { storage: 'packed', reduction })],
        halves: ['dLogits'],
        inputs: { tokens, logits, lossScale: Float64Array.of(1024, 0, 0, 0) },
        scratch: { losses: rows, dLogits: rows * vocabSize },
        expected: () => ({
          losses: referenceForward(logits, tokens, vocabSize),
          logits,
          dLogits: referenceBackward(logits, tokens, vocabSize, scale * 1024),
        }),
        tolerance: 4e-4,
      },
    ];
  });
}

function optimizerCases(): KernelCase[] {
  const cases: KernelCase[] = [];
  for (const { size, decayEnd } of [
    { size: 64, decayEnd: 64 },
    { size: 9920, decayEnd: 8000 },
  ]) {
    const parameters = noise(size, 1);
    const gradients = noise(size, 2);
    const m = noise(size, 3, 0.1);
    const v = noise(size, 4, 0.1)
      .map((value) => value * value)
      .map(Math.fround);
    const step = packStep(0, 6, 0, stepSettings);
    const norm = globalNorm(gradients);
    const factor = clipScale(norm, stepSettings.clipNorm);
    cases.push(
      // The flag's bits are those of a float32: 0, or the smallest above it.
      ...reductions.flatMap((reduction) =>
        [0, 2 ** -149].map((halted) => ({
          name: `gradient norm of ${size} ${reductionWords(reduction)}${halted ? ' behind a step that was not finite' : ''}`,
          kernels: [squareSums(size, reduction), metrics(size, 10, false, reduction)],
          inputs: {
            gradients,
            lossSum: Float64Array.of(25),
            halt: Float64Array.of(halted, 0, 0, 0),
            lossScale: Float64Array.of(1, 0, 0, 0),
            step,
          },
          scratch: { partials: squareSumGroups(size) * 2, metrics: 4 },
          expected: () => ({
            metrics: Float64Array.of(2.5, norm, halted ? 0 : 1, factor),
            lossSum: Float64Array.of(0),
          }),
          tolerance: 1e-6,
        })),
      ),
      // A first step's moments are all gradient, whatever 1 - beta is: an error in it shows there.
      ...[0, 6].map((index) => {
        const start = index === 0 ? { m: new Float64Array(size), v: new Float64Array(size) } : { m, v };
        return {
          name: `Adam of ${size}, step ${index}`,
          kernels: [adam(size, decayEnd)],
          inputs: {
            parameters,
            gradients,
            ...start,
            metrics: Float64Array.of(2.5, norm, 1, factor),
            step: packStep(0, index, 0, stepSettings),
          },
          expected: () => {
            const state = { parameters: parameters.slice(), m: start.m.slice(), v: start.v.slice() };
            adamUpdate(state, gradients, factor, index, decayEnd, stepSettings);
            return { ...state, gradients: new Float64Array(size) };
          },
          tolerance: 1e-6,
        };
      }),
      {
        name: `Adam of ${size} leaves a step that is not finite`,
        kernels: [adam(size, decayEnd)],
        inputs: { parameters, gradients, m, v, metrics: Float64Array.of(2.5, norm, 0, factor), step },
        expected: () => ({ parameters, m, v, gradients: new Float64Array(size) }),
        tolerance: 0,
      },
    );
  }
  const losses = noise(517, 5);
  const sums = reductions.map((reduction) => ({
    name: `loss sum of 517 ${reductionWords(reduction)}`,
    kernels: [lossSum(517, reduction)],
    inputs: { losses, lossSum: Float64Array.of(3) },
    expected: () => ({ lossSum: Float64Array.of(losses.reduce((sum, value) => sum + value, 3)) }),
    tolerance: 1e-6,
  }));
  return [...cases, ...sums];
}

/** What becomes of the loss scale, and of a step: [scale, steps since it changed, last norm] before and after. */
function lossScaleCases(): KernelCase[] {
  const size = 64;
  const finite = noise(size, 2);
  const overflowing = finite.map((value, i) => (i === 7 ? Number.POSITIVE_INFINITY : value));
  const norm = globalNorm(finite);
  const clip = clipScale(norm / 1024, stepSettings.clipNorm) / 1024;
  const fates: readonly [string, Float64Array, number[], number[], number[]][] = [
    ['goes on', finite, [1024, 5, 9], [1024, 6, norm / 1024], [norm / 1024, 1, clip]],
    ['doubles', finite, [1024, 1999, 9], [2048, 0, norm / 1024], [norm / 1024, 1, clip]],
    ['halves at an overflow', overflowing, [1024, 5, 9], [512, 0, 9], [9, -1, 1 / 9 / 1024]],
  ];
  const [, usual] = reductions;
  return fates.map(([fate, gradients, before, after, [reported, state, factor]]) => {
    return {
      name: `loss scale ${fate}`,
      kernels: [squareSums(size, usual), metrics(size, 10, true, usual)],
      inputs: {
        gradients,
        lossSum: Float64Array.of(25),
        halt: new Float64Array(4),
        lossScale: Float64Array.of(...before, 0),
        step: packStep(0, 6, 0, stepSettings),
      },
      scratch: { partials: squareSumGroups(size) * 2, metrics: 4 },
      expected: () => ({
        metrics: Float64Array.of(2.5, reported!, state!, factor!),
        lossScale: Float64Array.of(...after, 0),
        halt: new Float64Array(4),
      }),
      tolerance: 1e-6,
    };
  });
}

function copyCase(): KernelCase {
  const size = 1028;
  // Normal and subnormal numbers of float16.
  const values = noise(size, 1).map((value, i) => [value, value * 1e-6, 0][i % 3]!);
  return {
    name: `copy of ${size} in float16`,
    kernels: [copyAs(size, 'packed')],
    halves: ['out'],
    inputs: { values },
    scratch: { out: size },
    expected: () => ({ out: halved(values) }),
    tolerance: 1e-6,
  };
}
