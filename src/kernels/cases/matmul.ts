// Matrix products over sizes that fill tiles and that do not, every layout and epilogue, every variant and storage.

import { packStep } from '../../model/step-uniforms.ts';
import {
  geluBackward,
  geluForward,
  linearBackward,
  linearForward,
  residualForward,
} from '../../reference/ops.ts';
import {
  columnSums,
  fitsSubgroups,
  isSubgroupTile,
  type MatmulVariant,
  matmul,
  matmulTiles,
  reduce,
  splitParts,
  subgroupTiles,
} from '../matmul.ts';
import type { Storage } from '../storage.ts';
import { halved, type KernelCase, matrices, noise } from './case.ts';

/** [rows, dIn, dOut]: one tile and less, tiles with edges, token counts that divide by nothing, and one that is split. */
const shapes = [
  [1, 4, 4],
  [64, 16, 64],
  [37, 20, 68],
  [130, 48, 132],
  [67, 64, 256],
  [530, 8, 12],
  // What subgroup matrices read by eights, with edges on every side.
  [200, 104, 72],
  // Whole tiles of all kinds, which subgroup matrices store without an epilogue.
  [256, 128, 256],
] as const;

const forms: readonly { readonly variant: MatmulVariant; readonly storage: Storage }[] = [
  ...(['plain', ...matmulTiles] as const).flatMap((variant) => [
    { variant, storage: 'full' as const },
    { variant, storage: 'packed' as const },
  ]),
  ...matrices.flatMap(subgroupTiles).map((variant) => ({ variant, storage: 'packed' as const })),
];
const smallest = matmulTiles.at(-1)!;
const settings = { learningRate: 0, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, clipNorm: 1 };

export function matmulCases(): KernelCase[] {
  return [manyParts(), ...productCases()];
}

/** So many parts of so short a run that threads share an element, in blocks that lie apart. */
function manyParts(): KernelCase {
  const [parts, blocks, size, stride] = [70, 2, 20, 24];
  const partials = noise(parts * blocks * size, 1);
  const gradient = noise(blocks * stride, 2);
  return {
    name: `matmul: the sum of ${parts} parts`,
    kernels: [reduce({ parts, blocks, size, stride })],
    inputs: { partials, gradient },
    expected: () => ({
      gradient: gradient.map((value, at) => {
        const element = Math.floor(at / stride) * size + (at % stride);
        const inGap = at % stride >= size;
        for (let part = 0; part < parts && !inGap; part++) value += partials[part * blocks * size + element]!;
        return value;
      }),
    }),
    tolerance: 1e-6,
  };
}

function productCases(): KernelCase[] {
  return forms.flatMap(({ variant, storage }) =>
    shapes.flatMap(([rows, dIn, dOut]) => {
      if (isSubgroupTile(variant) && !fitsSubgroups({ M: rows, N: dOut, K: dIn })) return [];
      const gpuOnly = isSubgroupTile(variant)
        ? variant.matrix.lanes > 8
        : variant !== 'plain' && (variant !== smallest || rows !== 130);
      return linearCases(variant, storage, rows, dIn, dOut).map((testCase) => ({
        ...testCase,
        gpuOnly,
        ...(isSubgroupTile(variant) && { subgroupMatrix: variant.matrix }),
      }));
    }),
  );
}

function linearCases(
  variant: MatmulVariant,
  storage: Storage,
  rows: number,
  dIn: number,
  dOut: number,
): KernelCase[] {
  const isPacked = storage === 'packed';
  const stored = (values: Float64Array) => (isPacked ? halved(values) : values);
  const halves = (...names: string[]) => (isPacked ? { halves: names } : {});
  const x = stored(noise(rows * dIn, 1));
  const weight = stored(noise(dIn * dOut, 2));
  const bias = noise(dOut, 3);
  const dY = stored(noise(rows * dOut, 4));
  const preActivation = stored(noise(rows * dIn, 5, 2));
  const residual = noise(rows * dOut, 6);
  const shape = { rows, dIn, dOut };
  const blocks = variant !== 'plain' && 'blocks' in variant ? ` by ${variant.blocks.join(' x ')}` : '';
  const tile = variant === 'plain' ? 'plain' : `${variant.rows} x ${variant.columns}${blocks}`;
  const kind = isSubgroupTile(variant)
    ? `subgroup matrices of ${variant.matrix.M}`
    : isPacked
      ? 'float16'
      : 'float32';
  const label = (what: string) => `matmul in tiles ${tile} of ${kind}, ${what} ${rows} x ${dIn} x ${dOut}`;
  const forward = { M: rows, N: dOut, K: dIn };
  const parts = splitParts(dIn, dOut, rows);
  const dropout = { rate: 0.3, layer: 1, branch: 'feedForward' } as const;
  const columns = columnSums(rows, dOut, storage);
  const tolerance = 1e-6;
  // Results that are rounded to float16 carry that error.
  const storedTolerance = isPacked ? 4e-4 : tolerance;
  return [
    {
      name: label('store'),
      kernels: [matmul(forward, { kind: 'store' }, variant, storage)],
      ...halves('a', 'b'),
      inputs: { a: x, b: weight },
      scratch: { out: rows * dOut },
      expected: () => ({ out: linearForward(x, weight, undefined, shape) }),
      tolerance,
    },
    {
      name: label('bias'),
      kernels: [matmul(forward, { kind: 'bias' }, variant, storage)],
      ...halves('a', 'b', 'out'),
      inputs: { a: x, b: weight, bias },
      scratch: { out: rows * dOut },
      expected: () => ({ out: linearForward(x, weight, bias, shape) }),
      tolerance: storedTolerance,
    },
    {
      name: label('gelu'),
      kernels: [matmul(forward, { kind: 'gelu' }, variant, storage)],
      ...halves('a', 'b', 'out', 'preActivation'),
      inputs: { a: x, b: weight, bias },
      scratch: { out: rows * dOut, preActivation: rows * dOut },
      expected: () => {
        const h = linearForward(x, weight, bias, shape);
        return { preActivation: h, out: geluForward(h) };
      },
      tolerance: storedTolerance,
    },
    {
      name: label('residual'),
      kernels: [matmul(forward, { kind: 'residual', dropout }, variant, storage)],
      ...halves('a', 'b'),
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
      kernels: [matmul({ M: rows, N: dIn, K: dOut, transposeB: true }, { kind: 'keep' }, variant, storage)],
      ...halves('a', 'b', 'out'),
      inputs: { a: dY, b: weight },
      scratch: { out: rows * dIn },
      expected: () => ({ out: linearBackward(x, weight, dY, shape).dX }),
      tolerance: storedTolerance,
    },
    {
      name: label('input gradient through gelu'),
      kernels: [
        matmul({ M: rows, N: dIn, K: dOut, transposeB: true }, { kind: 'geluBackward' }, variant, storage),
      ],
      ...halves('a', 'b', 'preActivation', 'out'),
      inputs: { a: dY, b: weight, preActivation },
      scratch: { out: rows * dIn },
      expected: () => ({ out: geluBackward(preActivation, linearBackward(x, weight, dY, shape).dX) }),
      tolerance: storedTolerance,
    },
    {
      name: label(`weight gradient in ${parts} parts`),
      kernels: [
        matmul({ M: dIn, N: dOut, K: rows, transposeA: true, parts }, { kind: 'store' }, variant, storage),
        reduce({ parts, size: dIn * dOut }),
      ],
      aliases: { partials: 'out' },
      ...halves('a', 'b'),
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
      ...halves('dy'),
      inputs: { dy: dY, gradient: new Float64Array(dOut).fill(0.5) },
      scratch: { partials: columns.parts * dOut },
      expected: () => ({ gradient: linearBackward(x, weight, dY, shape).dBias.map((value) => value + 0.5) }),
      tolerance,
    },
  ];
}
