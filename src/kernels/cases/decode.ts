// What sampling does that whole models of a test's size leave out: draws with every setting, and rows wider than
// one turn of a workgroup. The rest of decoding is held against the full forward pass (src/model/cases.ts).

import { geluForward, layerNormForward, linearForward } from '../../reference/ops.ts';
import { type DrawSettings, drawByte, drawUniform } from '../../sample/draw.ts';
import { type DecodeLinearShape, type DecodeVariant, decodeLinear, decodeNext } from '../decode.ts';
import { type KernelCase, noise } from './case.ts';

export function decodeCases(): KernelCase[] {
  return [...drawCases(), ...linearCases(32, 4), ...linearCases(256, 2)];
}

const likeliest = { temperature: 1, topK: 0, topP: 1 };
const draws: readonly DrawSettings[] = [
  likeliest,
  { ...likeliest, temperature: 0 },
  { ...likeliest, temperature: 0.3 },
  { ...likeliest, temperature: 5 },
  { ...likeliest, topK: 1 },
  { ...likeliest, topK: 7 },
  { ...likeliest, topK: 1000 },
  { ...likeliest, topP: 0 },
  { ...likeliest, topP: 1e-6 },
  { ...likeliest, topP: 0.6 },
  { temperature: 0.8, topK: 20, topP: 0.9 },
  { temperature: 0, topK: 3, topP: 0.5 },
];

function drawCases(): KernelCase[] {
  const [samples, T, seed, width] = [24, 8, 77, 8];
  const positions = Array.from({ length: samples }, (_, sample) => 2 + (sample % 5));
  return [256, 12].flatMap((vocabSize) =>
    draws.map((settings): KernelCase => {
      // Quarters, so that many bytes are equally likely: then the lower one comes first.
      const logits = noise(samples * vocabSize, 1, 2).map((value) => Math.round(value * 4) / 4);
      const drawn = positions.map((position, sample) => {
        const row = logits.subarray(sample * vocabSize, (sample + 1) * vocabSize);
        return drawByte(row, settings, drawUniform(seed, sample, position));
      });
      const tables = [3, 4].map((modulus, index) => ({ divisor: index === 0 ? 3 : 1, modulus }));
      const rows = vocabSize + 1 + 3 + 4;
      const parameters = noise(rows * width, 3);
      const offsets = {
        token: 0,
        start: vocabSize * width,
        tables: [(vocabSize + 1) * width, (vocabSize + 4) * width],
      };
      const { temperature, topK, topP } = settings;
      return {
        name: `draw of ${vocabSize}, temperature ${temperature}, topK ${topK}, topP ${topP}`,
        kernels: [decodeNext({ B: samples, T, width, vocabSize, tables }, offsets)],
        inputs: {
          parameters,
          state: words(positions),
          logits,
          tokens: words(Array.from({ length: samples * T }, (_, index) => index % T)),
          settings: packSettings(seed, settings),
        },
        scratch: { x: samples * width },
        expected: () => ({
          tokens: Float64Array.from({ length: samples * T }, (_, index) => {
            const sample = Math.floor(index / T);
            return index % T === positions[sample] ? drawn[sample]! : index % T;
          }),
          state: Float64Array.from(positions, (position) => position + 1),
          x: Float64Array.from({ length: samples * width }, (_, index) => {
            const [sample, d] = [Math.floor(index / width), index % width];
            const position = positions[sample]!;
            const at = (offset: number, row: number) => parameters[offset + row * width + d]!;
            const inTables = tables.map(({ divisor, modulus }, table) =>
              at(offsets.tables[table]!, Math.floor(position / divisor) % modulus),
            );
            return inTables.reduce((sum, value) => sum + value, at(0, drawn[sample]!));
          }),
        }),
        integers: ['tokens', 'state'],
        tolerance: 1e-7,
      };
    }),
  );
}

/** Little-endian u32s as bytes of a storage buffer. */
function words(values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

/** The uniform of shaders/decode/draw.wgsl, without a prompt. */
function packSettings(seed: number, { temperature, topK, topP }: DrawSettings): ArrayBuffer {
  const bytes = new ArrayBuffer(32);
  new Uint32Array(bytes, 0, 2).set([seed, topK]);
  new Float32Array(bytes, 8, 2).set([topP, temperature]);
  return bytes;
}

function linearCases(threads: number, batch: number): KernelCase[] {
  const variant: DecodeVariant = { threads, batch, fused: null };
  const eps = 1e-5;
  const shape: DecodeLinearShape = { samples: 3, dIn: 1044, dOut: 68, normEps: eps, normStride: 1044 };
  const { samples, dIn, dOut } = shape;
  const rows = { rows: samples, dIn, dOut };
  const input = noise(samples * dIn, 1).map((value) => Math.fround(value + 1));
  const gain = noise(dIn, 2);
  const normBias = noise(dIn, 3);
  const weight = noise(dIn * dOut, 4);
  const bias = noise(dOut, 5);
  const out = noise(samples * dOut, 6);
  const normed = () => layerNormForward(input, gain, normBias, { rows: samples, width: dIn, eps }).y;
  const inputs = { input, norm: Float64Array.of(...gain, ...normBias), weight, bias };
  const label = (what: string) => `decode linear, ${threads} threads, ${what} ${samples} x ${dIn} x ${dOut}`;
  return [
    {
      name: label('of a norm, stored'),
      kernels: [decodeLinear(shape, { kind: 'store' }, variant)],
      inputs,
      scratch: { out: samples * dOut },
      expected: () => ({ out: linearForward(normed(), weight, bias, rows) }),
      tolerance: 1e-6,
    },
    {
      name: label('of a norm, through gelu'),
      kernels: [decodeLinear(shape, { kind: 'gelu' }, variant)],
      inputs,
      scratch: { out: samples * dOut },
      expected: () => ({ out: geluForward(linearForward(normed(), weight, bias, rows)) }),
      tolerance: 1e-6,
    },
    {
      name: label('added to a residual'),
      kernels: [decodeLinear({ ...shape, normEps: null }, { kind: 'residual' }, variant)],
      inputs: { ...inputs, out },
      expected: () => ({
        out: linearForward(input, weight, bias, rows).map((value, i) => value + out[i]!),
      }),
      tolerance: 1e-6,
    },
  ];
}
