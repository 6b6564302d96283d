// Matrix products over sizes that fill tiles and that do not, every layout and epilogue, both variants.

import { packStep } from '../../model/step-uniforms.ts';
import {
  geluBackward,
  geluForward,
  linearBackward,
  linearForward,
  residualForward,
} from '../../reference/ops.ts';
import { columnSums, type MatmulVariant, matmul, matmulTiles, reduce, splitParts } from '../matmul.ts';
import { type KernelCase, noise } from './case.ts';

/** [rows, dIn, dOut]: one tile and less, tiles with edges, token counts that divide by nothing, and one that is split. */
const shapes = [
  [1, 4, 4],
  [64, 16, 64],
  [37, 20, 68],
  [130, 48, 132],
  [67, 64, 256],
  [530, 8, 12],
] as const;

const variants: readonly MatmulVariant[] = ['plain', ...matmulTiles];
const settings = { learningRate: 0, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, clipNorm: 1 };

export function matmulCases(): KernelCase[] {
  return variants.flatMap((variant) =>
    shapes.flatMap(([rows, dIn, dOut]) => {
      const gpuOnly = variant !== 'plain' && (variant !== matmulTiles[0] || rows !== 130);
      return linearCases(variant, rows, dIn, dOut).map((testCase) => ({ ...testCase, gpuOnly }));
    }),
  );
}

function linearCases(variant: MatmulVariant, rows: number, dIn: number, dOut: number): KernelCase[] {
  const x = noise(rows * dIn, 1);
  const weight = noise(dIn * dOut, 2);
  const bias = noise(dOut, 3);
  const dY = noise(rows * dOut, 4);
  const preActivation = noise(rows * dIn, 5, 2);
  const residual = noise(rows * dOut, 6);
  const shape = { rows, dIn, dOut };
  const tile = variant === 'plain' ? 'plain' : `${variant.rows} x ${variant.columns}`;
  const label = (what: string) => `matmul in tiles ${tile}, ${what} ${rows} x ${dIn} x ${dOut}`;
  const forward = { M: rows, N: dOut, K: dIn };
  const parts = splitParts(dIn, dOut, rows);
  const dropout = { rate: 0.3, layer: 1, branch: 'feedForward' } as const;
  const columns = columnSums(rows, dOut);
  const tolerance = 1e-6;
  return [
    {
      name: label('store'),
      kernels: [matmul(forward, { kind: 'store' }, variant)],
      inputs: { a: x, b: weight },
      scratch: { out: rows * dOut },
      expected: () => ({ out: linearForward(x, weight, undefined, shape) }),
      tolerance,
    },
    {
      name: label('bias'),
      kernels: [matmul(forward, { kind: 'bias' }, variant)],
      inputs: { a: x, b: weight, bias },
      scratch: { out: rows * dOut },
      expected: () => ({ out: linearForward(x, weight, bias, shape) }),
      tolerance,
    },
    {
      name: label('gelu'),
      kernels: [matmul(forward, { kind: 'gelu' }, variant)],
      inputs: { a: x, b: weight, bias },
      scratch: { out: rows * dOut, preActivation: rows * dOut },
      expected: () => {
        const h = linearForward(x, weight, bias, shape);
        return { preActivation: h, out: geluForward(h) };
      },
      tolerance,
    },
    {
      name: label('residual'),
      kernels: [matmul(forward, { kind: 'residual', dropout }, variant)],
      inputs: { a: x, b: weight, bias, residual, step: packStep(9, 2, 1, settings) },
      scratch: { out: rows * dOut },
      expected: () => ({
        out: residualForward(residual, linearForward(x, weight, bias, shape), {
          rate: Math.fround(dropout.rate),
          seed: 9,
          batch: 2 * 256 + 1,
          site: 3,
          firstElement: 0,
        }),
      }),
      tolerance,
    },
    {
      name: label('input gradient'),
      kernels: [matmul({ M: rows, N: dIn, K: dOut, transposeB: true }, { kind: 'store' }, variant)],
      inputs: { a: dY, b: weight },
      scratch: { out: rows * dIn },
      expected: () => ({ out: linearBackward(x, weight, dY, shape).dX }),
      tolerance,
    },
    {
      name: label('input gradient through gelu'),
      kernels: [matmul({ M: rows, N: dIn, K: dOut, transposeB: true }, { kind: 'geluBackward' }, variant)],
      inputs: { a: dY, b: weight, preActivation },
      scratch: { out: rows * dIn },
      expected: () => ({ out: geluBackward(preActivation, linearBackward(x, weight, dY, shape).dX) }),
      tolerance,
    },
    {
      name: label(`weight gradient in ${parts} parts`),
      kernels: [
        matmul({ M: dIn, N: dOut, K: rows, transposeA: true, parts }, { kind: 'store' }, variant),
        reduce({ parts, size: dIn * dOut }),
      ],
      aliases: { partials: 'out' },
      inputs: { a: x, b: dY, gradient: new Float64Array(dIn * dOut).fill(0.5) },
      scratch: { out: parts * dIn * dOut },
      expected: () => ({
        gradient: linearBackward(x, weight, dY, shape).dWeight.map((value) => value + 0.5),
      }),
      tolerance,
    },
    {
      name: label('bias gradient'),
      kernels: [columns.kernel, reduce({ parts: columns.parts, size: dOut })],
      inputs: { dy: dY, gradient: new Float64Array(dOut).fill(0.5) },
      scratch: { partials: columns.parts * dOut },
      expected: () => ({ gradient: linearBackward(x, weight, dY, shape).dBias.map((value) => value + 0.5) }),
      tolerance,
    },
  ];
}
