// Layer norm over widths below, at and above a workgroup's threads, and rows that leave a workgroup half empty.

import {
  layerNormBackward as referenceBackward,
  layerNormForward as referenceForward,
} from '../../reference/ops.ts';
import { layerNormBackward, layerNormForward, layerNormParameters } from '../layernorm.ts';
import { reduce } from '../matmul.ts';
import { halved, type KernelCase, noise } from './case.ts';

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
    const sums = layerNormParameters({ rows, width }, storage);
    const label = (what: string) => `layernorm ${what} ${rows} x ${width}${isPacked ? ' in float16' : ''}`;
    const backwardCase = (add: boolean): KernelCase => ({
      name: label(add ? 'backward beside a residual' : 'backward'),
      kernels: [layerNormBackward({ rows, width }, add, storage)],
      ...halves('dy'),
      inputs: { dy, x, statistics, gain, ...(add ? { dx: through } : {}) },
      scratch: add ? {} : { dx: rows * width },
      expected: () => ({ dx: backward().dX.map((value, i) => value + (add ? through[i]! : 0)) }),
      tolerance: 2e-6,
    });
    return [
      {
        name: label('forward'),
        kernels: [layerNormForward({ rows, width }, eps, storage)],
        ...halves('y'),
        inputs: { x, gain, bias },
        scratch: { y: rows * width, statistics: 2 * rows },
        expected: () => {
          const result = forward();
          return { y: result.y, statistics: statisticsOf(result) };
        },
        tolerance: isPacked ? 4e-4 : 2e-6,
      },
      backwardCase(false),
      backwardCase(true),
      {
        name: label('parameter gradients'),
        ...halves('dy'),
        kernels: [sums.kernel, reduce({ parts: sums.parts, blocks: 2, size: width, stride: width + 64 })],
        inputs: { dy, x, statistics, gradient: new Float64Array(2 * width + 64).fill(0.5) },
        scratch: { partials: sums.parts * 2 * width },
        expected: () => {
          const { dGain, dBias } = backward();
          const gradient = new Float64Array(2 * width + 64).fill(0.5);
          for (let i = 0; i < width; i++) {
            gradient[i]! += dGain[i]!;
            gradient[width + 64 + i]! += dBias[i]!;
          }
          return { gradient };
        },
        tolerance: 2e-6,
      },
    ];
  });
}
