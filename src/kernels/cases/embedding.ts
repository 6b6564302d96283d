// Embeddings with two and three position tables, over lengths that leave their last row partly filled.

import { embeddingBackward, embeddingForward as referenceForward } from '../../reference/ops.ts';
import {
  type EmbeddingShape,
  embeddingForward,
  positionBackwardTable,
  startBackward,
  tokenBackwardPartials,
} from '../embedding.ts';
import { reduce } from '../matmul.ts';
import { type KernelCase, noise, noiseBytes } from './case.ts';

const vocabSize = 256;
const shapes: readonly EmbeddingShape[] = [
  {
    B: 1,
    T: 5,
    width: 4,
    vocabSize,
    tables: [
      { divisor: 3, modulus: 2 },
      { divisor: 1, modulus: 3 },
    ],
  },
  {
    B: 3,
    T: 37,
    width: 20,
    vocabSize,
    tables: [
      { divisor: 7, modulus: 6 },
      { divisor: 1, modulus: 7 },
    ],
  },
  {
    B: 2,
    T: 48,
    width: 260,
    vocabSize,
    tables: [
      { divisor: 12, modulus: 4 },
      { divisor: 3, modulus: 4 },
      { divisor: 1, modulus: 3 },
    ],
  },
];

export function embeddingCases(): KernelCase[] {
  return shapes.flatMap((shape) => {
    const { B, T, width, tables } = shape;
    const sizes = [vocabSize * width, width, ...tables.map(({ modulus }) => modulus * width)];
    const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0));
    const total = starts.at(-1)! + sizes.at(-1)!;
    const viewsOf = (arena: Float64Array) => {
      const [token, start, ...positions] = sizes.map((size, index) =>
        arena.subarray(starts[index]!, starts[index]! + size),
      );
      return { token: token!, start: start!, positions };
    };
    const parameters = noise(total, 1);
    const tokens = noiseBytes(B * T, 2);
    const dx = noise(B * T * width, 3);
    const reference = { T, dModel: width, divisors: tables.map(({ divisor }) => divisor) };
    const label = (what: string) => `embedding ${what} ${B} x ${T} x ${width}`;
    const token = tokenBackwardPartials(shape);
    const gradients = () => {
      const views = viewsOf(new Float64Array(total));
      embeddingBackward(tokens, dx, views, reference);
      return views;
    };
    return [
      {
        name: label('forward'),
        kernels: [embeddingForward(shape, { token: starts[0]!, start: starts[1]!, tables: starts.slice(2) })],
        inputs: { tokens, parameters },
        scratch: { x: B * T * width },
        expected: () => ({ x: referenceForward(tokens, viewsOf(parameters), reference) }),
        tolerance: 1e-6,
      },
      {
        name: label('token gradient'),
        kernels: [token.kernel, reduce({ parts: token.parts, size: vocabSize * width })],
        inputs: { tokens, dx, gradient: new Float64Array(vocabSize * width) },
        scratch: { partials: token.parts * vocabSize * width },
        expected: () => ({ gradient: gradients().token }),
        tolerance: 1e-6,
      },
      {
        name: label('start gradient'),
        kernels: [startBackward(shape)],
        inputs: { dx, gradient: new Float64Array(width) },
        expected: () => ({ gradient: gradients().start }),
        tolerance: 1e-6,
      },
      ...tables.map((table, index) => ({
        name: label(`gradient of table ${index}`),
        kernels: [positionBackwardTable(shape, table)],
        inputs: { dx, gradient: new Float64Array(table.modulus * width) },
        expected: () => ({ gradient: gradients().positions[index]! }),
        tolerance: 1e-6,
      })),
    ];
  });
}
