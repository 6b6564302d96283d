// Layer norm over widths below, at and above a workgroup's threads, and rows that leave a workgroup half empty.

import { packStep } from '../../model/step-uniforms.ts';
import {
  layerNormBackward as referenceBackward,
  layerNormForward as referenceForward,
  residualBackward,
} from '../../reference/ops.ts';
import { layerNormBackward, layerNormForward, layerNormParts } from '../layernorm.ts';
import { reduce } from '../matmul.ts';
import type { ReductionVariant } from '../reduction.ts';
import { halved, type KernelCase, noise, reductions, reductionWords, stepSettings } from './case.ts';

const shapes = [
  { rows: 1, width: 4 },
  { rows: 7, width: 32 },
  { rows: 33, width: 100 },
  { rows: 65, width: 256 },
  { rows: 3, width: 1028 },
] as const;
const eps = 1e-5;

export function layerNormCases(): KernelCase[] {
  const forms = (['full', 'packed'] as const).flatMap((storage) =>
    shapes.map((shape) => ({ ...shape, storage })),
  );
  return forms.flatMap(({ rows, width, storage }) => {
    const isPacked = storage === 'packed';
    const halves = (...names: string[]) => (isPacked ? { halves: names } : {});
    const x = noise(rows * width, 1).map((value) => Math.fround(value + 3));
    const gain = noise(width, 2);
    const bias = noise(width, 3);
    const dy = isPacked ? halved(noise(rows * width, 4)) : noise(rows * width, 4);
    const through = noise(rows * width, 5);
    const forward = () => referenceForward(x, gain, bias, { rows, width, eps });
    const statisticsOf = ({ mean, rstd }: { mean: Float64Array; rstd: Float64Array }) =>
      Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? mean : rstd)[i >> 1]!);
    const { mean, rstd } = forward();
    const statistics = statisticsOf({ mean, rstd });
    const backward = () => referenceBackward(x, gain, mean, rstd, dy, { rows, width });
    const label = (what: string) => `layernorm ${what} ${rows} x ${width}${isPacked ? ' in float16' : ''}`;
    const site = { rate: 0.4, layer: 3, branch: 'attention', firstElement: 4096 } as const;
    const draw = { seed: 21, batch: 5 * 256 + 2, site: 6, firstElement: 4096 };
    const gradientBlocks = (start: number, gains: Float64Array, biases: Float64Array) => {
      const gradient = new Float64Array(2 * width + 64).fill(start);
      for (let i = 0; i < width; i++) {
        gradient[i]! += gains[i]!;
        gradient[width + 64 + i]! += biases[i]!;
      }
      return gradient;
    };
    const zeros = new Float64Array(width);
    /** `rate`: of the branch whose gradient is wanted apart. */
    const backwardCase = (
      reduction: ReductionVariant,
      what: string,
      add: boolean,
      rate?: number,
    ): KernelCase => {
      const branch = rate === undefined ? undefined : { ...site, rate };
      const kernel = layerNormBackward({ rows, width }, add, { storage, reduction }, branch);
      const parts = layerNormParts(rows);
      const sum = reduce({ parts, blocks: 2, size: width, stride: width + 64 });
      return {
        name: `${label(what)} ${reductionWords(reduction)}`,
        kernels: [kernel, sum],
        ...halves('dy', ...(branch ? ['branch'] : [])),
        inputs: {
          dy,
          x,
          statistics,
          gain,
          gradient: gradientBlocks(0.5, zeros, zeros),
          ...(add ? { dx: through } : {}),
          ...(branch ? { step: packStep(21, 5, 2, stepSettings) } : {}),
        },
        scratch: {
          partials: parts * 2 * width,
          ...(add ? {} : { dx: rows * width }),
          ...(branch ? { branch: rows * width } : {}),
        },
        expected: () => {
          const { dX, dGain, dBias } = backward();
          const dx = dX.map((value, i) => value + (add ? through[i]! : 0));
          const dropped = residualBackward(dx, rate ? { ...draw, rate: Math.fround(rate) } : undefined);
          return {
            dx,
            gradient: gradientBlocks(0.5, dGain, dBias),
            ...(branch ? { branch: dropped } : {}),
          };
        },
        tolerance: branch && isPacked ? 4e-4 : 2e-6,
      };
    };
    return [
      ...reductions.flatMap((reduction): KernelCase[] => [
        {
          name: `${label('forward')} ${reductionWords(reduction)}`,
          kernels: [layerNormForward({ rows, width }, eps, { storage, reduction })],
          ...halves('y'),
          inputs: { x, gain, bias },
          scratch: { y: rows * width, statistics: 2 * rows },
          expected: () => {
            const result = forward();
            return { y: result.y, statistics: statisticsOf(result) };
          },
          tolerance: isPacked ? 4e-4 : 2e-6,
        },
        backwardCase(reduction, 'backward', false),
        backwardCase(reduction, 'backward beside a residual', true),
        backwardCase(reduction, 'backward with the gradient of a branch', false, 0),
        backwardCase(reduction, 'backward through dropout', true, 0.4),
      ]),
    ];
  });
}
