// Attention over every factor and form: lengths that do and do not divide by stride and tile, head widths that
// differ between keys and values, heads with patterns of their own, queries that see no key. What else a pattern
// can be driven to stands in a list of its own, since each shape compiles kernels, which takes most of the time.

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
  readonly B: number;
  readonly T: number;
  readonly nHead: number;
  readonly stride: number;
  readonly summaryCells: number;
}

const patterns: readonly Pick<AttentionCase, 'name' | 'heads'>[] = [
  { name: 'dense', heads: [['dense']] },
  { name: 'local', heads: [['local']] },
  { name: 'column', heads: [['column']] },
  { name: 'own block', heads: [['ownBlock']] },
  { name: 'summary', heads: [['summary']] },
  { name: 'strided merged', heads: [['local', 'column']] },
  { name: 'fixed merged', heads: [['ownBlock', 'summary']] },
  // Runs of two heads, so that a kernel's run begins within the layer and is longer than one.
  { name: 'strided multi-head', heads: [['local'], ['local'], ['column'], ['column']] },
  {
    name: 'fixed and dense heads',
    heads: [['ownBlock', 'summary'], ['ownBlock', 'summary'], ['dense'], ['dense']],
  },
];

const lengths = [
  // A stride longer than the sequence.
  { T: 5, stride: 9, summaryCells: 2 },
  { T: 64, stride: 8, summaryCells: 2 },
  { T: 150, stride: 37, summaryCells: 5 },
  { T: 131, stride: 70, summaryCells: 70 },
] as const;

const fixed = [['ownBlock', 'summary']] as const;
const strided = [['local', 'column']] as const;

/** A block has stride / summaryCells sub-blocks, which the heads read in turn. */
const extremes: readonly AttentionCase[] = [
  extreme('more summary keys than a tile', [['summary']], {
    B: 1,
    T: 600,
    nHead: 4,
    stride: 32,
    summaryCells: 4,
  }),
  extreme('as many sub-blocks as heads', fixed, { B: 2, T: 77, nHead: 8, stride: 16, summaryCells: 2 }),
  extreme('more heads than sub-blocks', [['summary']], {
    B: 2,
    T: 70,
    nHead: 6,
    stride: 16,
    summaryCells: 4,
  }),
  extreme('one head, fixed', fixed, { B: 2, T: 100, nHead: 1, stride: 24, summaryCells: 3 }),
  extreme('one head, strided', strided, { B: 2, T: 100, nHead: 1, stride: 10, summaryCells: 1 }),
  extreme('stride 1, multi-head', [['ownBlock'], ['summary']], {
    B: 2,
    T: 37,
    nHead: 2,
    stride: 1,
    summaryCells: 1,
  }),
  extreme('stride 1, fixed', fixed, { B: 1, T: 37, nHead: 2, stride: 1, summaryCells: 1 }),
  extreme('stride 1, strided', strided, { B: 1, T: 37, nHead: 2, stride: 1, summaryCells: 1 }),
];

function extreme(
  name: string,
  heads: AttentionCase['heads'],
  sizes: Omit<AttentionCase, 'name' | 'heads'>,
): AttentionCase {
  return { name, heads, ...sizes };
}

/** Head widths: equal, half-size keys, and a width that is no power of two. */
const widths = [
  { dQK: 8, dV: 8 },
  { dQK: 4, dV: 12 },
] as const;

export function attentionCases(): KernelCase[] {
  const usual = patterns.flatMap((pattern) =>
    lengths.map((length) => ({ ...pattern, ...length, B: 2, nHead: 4 })),
  );
  return [...usual, ...extremes].flatMap((attention, index) =>
    casesOf(attention, widths[index % widths.length]!),
  );
}

function casesOf(pattern: AttentionCase, width: { readonly dQK: number; readonly dV: number }): KernelCase[] {
  const { B, T, nHead, stride, summaryCells, heads } = pattern;
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
  const label = `attention ${pattern.name}, T ${T}, stride ${stride}, ${nHead} heads of ${width.dQK} and ${width.dV}`;
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
