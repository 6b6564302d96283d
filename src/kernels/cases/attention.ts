// Attention over every factor and form: lengths that do and do not divide by stride and tile, head widths that
// differ between keys and values, heads with patterns of their own, queries that see no key.

import { headGroups, type ModelConfig } from '../../model/config.ts';
import type { Factor } from '../../patterns/index.ts';
import { attentionBackward, attentionForward as referenceForward } from '../../reference/ops.ts';
import {
  type AttentionShape,
  attentionBackwardKey,
  attentionBackwardQuery,
  attentionDelta,
  attentionForward,
} from '../attention.ts';
import { fillZero } from '../fill.ts';
import { type KernelCase, noise } from './case.ts';

interface AttentionCase {
  readonly name: string;
  readonly heads: readonly (readonly Factor[])[];
  readonly T: number;
  readonly stride: number;
  readonly summaryCells: number;
}

const patterns: readonly Omit<AttentionCase, 'T' | 'stride' | 'summaryCells'>[] = [
  { name: 'dense', heads: [['dense']] },
  { name: 'local', heads: [['local']] },
  { name: 'column', heads: [['column']] },
  { name: 'own block', heads: [['ownBlock']] },
  { name: 'summary', heads: [['summary']] },
  { name: 'strided merged', heads: [['local', 'column']] },
  { name: 'fixed merged', heads: [['ownBlock', 'summary']] },
  { name: 'strided multi-head', heads: [['local'], ['column']] },
  { name: 'fixed and dense heads', heads: [['ownBlock', 'summary'], ['dense']] },
];

const lengths = [
  { T: 1, stride: 4, summaryCells: 1 },
  { T: 64, stride: 8, summaryCells: 2 },
  { T: 150, stride: 37, summaryCells: 5 },
  { T: 131, stride: 70, summaryCells: 70 },
] as const;

/** Head widths: equal, half-size keys, and a width that is no power of two. */
const widths = [
  { dQK: 8, dV: 8 },
  { dQK: 4, dV: 12 },
] as const;

export function attentionCases(): KernelCase[] {
  return patterns.flatMap((pattern) =>
    lengths.flatMap((length, index) => casesOf({ ...pattern, ...length }, widths[index % widths.length]!)),
  );
}

function casesOf(pattern: AttentionCase, width: { readonly dQK: number; readonly dV: number }): KernelCase[] {
  const { T, stride, summaryCells, heads } = pattern;
  const nHead = 4;
  const B = 2;
  const shape: AttentionShape = { B, T, nHead, ...width };
  const dModel = nHead * width.dV;
  const dQueryKey = nHead * width.dQK;
  const config: ModelConfig = {
    vocabSize: 256,
    contextLength: T,
    nLayer: 1,
    nHead,
    dModel,
    dFF: 4,
    dQueryKey,
    linearBias: true,
    attention: { stride, summaryCells, layers: [heads] },
    positions: { kind: 'attention', stride },
    initialisation: 'released',
    dropout: 0,
  };
  const groups = headGroups(config, 0);
  const qkv = noise(B * T * (2 * dQueryKey + dModel), 1);
  const dO = noise(B * T * dModel, 2);
  const referenceShape = { B, T, nHead, dModel, dQueryKey };
  const reference = referenceForward(qkv, referenceShape, groups);
  // The kernels say "no key" with a large finite number: shaders may assume that nothing is infinite.
  const lse = reference.lse.map((value) => (value === Number.NEGATIVE_INFINITY ? -1e30 : value));
  const segments = groups.flatMap(({ firstHead, nHead: count, segments: list }) =>
    list.map((segment, index) => ({ heads: { segment, firstHead, nHead: count }, merge: index > 0 })),
  );
  const label = `attention ${pattern.name}, T ${T}, stride ${stride}, heads of ${width.dQK} and ${width.dV}`;
  return [
    {
      name: `${label}, forward`,
      kernels: segments.map((segment) => attentionForward(shape, segment.heads, segment.merge)),
      inputs: { qkv },
      scratch: { o: B * T * dModel, lse: B * nHead * T },
      expected: () => ({ o: reference.o, lse }),
      tolerance: 2e-6,
    },
    {
      name: `${label}, backward`,
      kernels: [
        attentionDelta(shape),
        fillZero(qkv.length),
        ...segments.flatMap((segment) => [
          attentionBackwardQuery(shape, segment.heads),
          attentionBackwardKey(shape, segment.heads),
        ]),
      ],
      inputs: { qkv, dO, o: reference.o, lse },
      scratch: { delta: B * nHead * T, dQkv: qkv.length },
      aliases: { out: 'dQkv' },
      expected: () => ({ dQkv: attentionBackward(qkv, reference, dO, referenceShape, groups) }),
      tolerance: 4e-6,
    },
  ];
}
