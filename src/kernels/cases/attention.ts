// Attention over every factor and form: lengths that do and do not divide by stride and tile, head widths that
// differ between keys and values, heads with patterns of their own, queries that see no key. What else a pattern
// can be driven to stands in a list of its own, since each shape compiles kernels, which takes most of the time.

import { headGroups, type ModelConfig } from '../../model/config.ts';
import type { Factor } from '../../patterns/index.ts';
import {
  attentionBackward as referenceBackward,
  attentionForward as referenceForward,
} from '../../reference/ops.ts';
import { type AttentionShape, attentionForward } from '../attention.ts';
import { attentionBackward, attentionDelta, writesEveryGradient } from '../attention-backward.ts';
import {
  type AttentionMatrices,
  type AttentionVariant,
  attentionMatrices,
  attentionStorageBytes,
  isAttentionMatrices,
} from '../attention-variants.ts';
import { attentionPartials } from '../attention-ways.ts';
import { fillZero } from '../fill.ts';
import type { Storage } from '../storage.ts';
import { halved, type KernelCase, matrices, noise, once } from './case.ts';

export interface AttentionCase extends AttentionShape {
  readonly name: string;
  readonly heads: readonly (readonly Factor[])[];
  readonly stride: number;
  readonly summaryCells: number;
  /** Standard deviation of queries, keys and values, if not 1. */
  readonly scale?: number;
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
  { name: 'window with sinks', heads: [['local', 'sink']] },
  {
    name: 'three blocks, and windows with gaps',
    heads: [
      ['ownBlock', 'previousBlock', 'summary'],
      ['ownBlock', 'previousBlock', 'summary'],
      ['local', 'dilated'],
      ['dilated'],
    ],
  },
  {
    name: 'previous block and sinks, by head',
    heads: [['previousBlock'], ['previousBlock'], ['sink'], ['sink']],
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
export const extremes: readonly AttentionCase[] = [
  extreme('more summary keys than a tile', [['summary']], [1, 600, 4], [32, 4]),
  extreme('few rows of many keys', [['dense']], [1, 520, 2], [16, 1]),
  extreme('as many sub-blocks as heads', fixed, [2, 77, 8], [16, 2]),
  extreme('more heads than sub-blocks', [['summary']], [2, 70, 6], [16, 4]),
  extreme('one head, fixed', fixed, [2, 100, 1], [24, 3]),
  extreme('one head, strided', strided, [2, 100, 1], [10, 1]),
  extreme('stride 1, multi-head', [['ownBlock'], ['summary']], [2, 37, 2], [1, 1]),
  extreme('stride 1, fixed', fixed, [1, 37, 2], [1, 1]),
  extreme('stride 1, fixed, over several tiles', fixed, [1, 150, 2], [1, 1]),
  extreme('stride 1, strided', strided, [1, 37, 2], [1, 1]),
  // So many groups that a workgroup makes all gradients of one, over several tiles: low ones, and high ones.
  extreme('many short groups', [['ownBlock']], [16, 300, 4], [80, 1]),
  extreme('many groups', [['dense']], [32, 150, 8], [16, 1]),
  // Tiles on both edges of a window, and between them.
  extreme('window of two tiles', [['local']], [1, 400, 2], [128, 1], { dQK: 36, dV: 72 }),
  // Wider than what a thread holds at once, and no multiple of it.
  extreme('wide heads', strided, [1, 150, 2], [16, 1], { dQK: 36, dV: 72 }),
  // So wide that fewer rows pass by at a time in the workgroup memory that every adapter has.
  extreme('very wide heads', strided, [1, 40, 1], [9, 1], { dQK: 260, dV: 516 }),
];

function extreme(
  name: string,
  heads: AttentionCase['heads'],
  [B, T, nHead]: readonly [B: number, T: number, nHead: number],
  [stride, summaryCells]: readonly [stride: number, summaryCells: number],
  width = { dQK: 8, dV: 4 },
): AttentionCase {
  return { name, heads, B, T, nHead, stride, summaryCells, ...width };
}

/** Head widths: equal, half-size keys, and a width that is no power of two. */
const widths = [
  { dQK: 8, dV: 8 },
  { dQK: 4, dV: 12 },
] as const;

/** Every pattern over every length. */
export function usualAttention(): AttentionCase[] {
  return patterns.flatMap((pattern) =>
    lengths.map((length, index) => ({ ...pattern, ...length, ...widths[index % 2]!, B: 2, nHead: 4 })),
  );
}

export function attentionCases(): KernelCase[] {
  return forms.flatMap((form) => {
    const { variant } = form;
    if (isAttentionMatrices(variant)) return matricesCases(form, variant, form === firstOnMatrices);
    const usual = usualAttention();
    // What the tests of whole models run on anyway gets every other length.
    const chosen = usual.filter((_, index) => variant !== 'rows' || index % 2 === 0);
    return [...chosen, ...(form.storage === 'full' ? extremes : [])].flatMap((attention) => {
      const gpuOnly = variant !== 'rows' && (variant.depth !== 16 || !softwareTiles(attention));
      const workgroupBytes = attentionStorageBytes(variant, attention);
      return casesOf(form, attention).map((testCase) => ({ ...testCase, gpuOnly, workgroupBytes }));
    });
  });
}

/**
 * On subgroup matrices, with heads as wide as these want them: every pattern and extreme on the first tiles, on the others
 * what reaches all of their code.
 */
function matricesCases(form: Form, variant: AttentionMatrices, isFirst: boolean): KernelCase[] {
  const usual = usualAttention().filter((_, index) => index % 4 >= 2);
  const narrow = [...usual, ...extremes.filter(({ dQK }) => dQK === 8)];
  const attentions = [
    ...narrow.filter(isFirst ? () => true : softwareTiles).map((each) => ({ ...each, dQK: 16, dV: 32 })),
    extreme('dense', [['dense']], [1, 300, 2], [16, 1], { dQK: 64, dV: 64 }),
    // Scores so far apart that maxima are raised.
    { ...extreme('steep', strided, [1, 300, 2], [16, 1], { dQK: 64, dV: 64 }), scale: 3 },
    extreme('wide heads', strided, [1, 150, 2], [16, 1], { dQK: 80, dV: 112 }),
  ];
  return attentions.flatMap((attention) => {
    const workgroupBytes = attentionStorageBytes(variant, attention);
    const limits = { workgroupBytes, subgroupMatrix: variant.matrix };
    return casesOf(form, attention).map((testCase) => ({ ...testCase, ...limits }));
  });
}

/**
 * Which cases on tiles a software adapter runs, too: every factor of the paper over several tiles, whole groups, local and column with
 * wide heads. Each kernel takes it seconds to compile.
 */
function softwareTiles({ name, T }: AttentionCase): boolean {
  return (
    (name === 'fixed and dense heads' && T === 150) || name === 'wide heads' || name === 'many short groups'
  );
}

interface Form {
  readonly variant: AttentionVariant;
  readonly storage: Storage;
}

const [gpuMatrix, cpuMatrix] = matrices;
const [high, low] = attentionMatrices(gpuMatrix) as readonly [AttentionMatrices, AttentionMatrices];
const [, lowOfCpu] = attentionMatrices(cpuMatrix) as readonly [AttentionMatrices, AttentionMatrices];
const firstOnMatrices: Form = { variant: high, storage: 'packed' };
/** A CPU's matrices come with little workgroup memory, and compile for seconds. */
const onMatrices: readonly Form[] = [
  firstOnMatrices,
  { variant: low, storage: 'packed' },
  { variant: { ...low, part: 32 }, storage: 'packed' },
  { variant: { ...low, stream: 64 }, storage: 'packed' },
  { variant: lowOfCpu, storage: 'packed' },
];

const forms: readonly Form[] = [
  { variant: { depth: 32 }, storage: 'full' },
  { variant: { depth: 16 }, storage: 'full' },
  { variant: 'rows', storage: 'full' },
  { variant: { depth: 32 }, storage: 'packed' },
  { variant: 'rows', storage: 'packed' },
  ...onMatrices,
];

/** The shape of a case, and what is made when it runs: its inputs, as they are stored, and what the reference makes of them. */
export function attentionInputs(attention: AttentionCase, storage: Storage) {
  const { B, T, nHead, dQK, dV, stride, summaryCells, heads, scale } = attention;
  const shape: AttentionShape = { B, T, nHead, dQK, dV };
  const dModel = nHead * dV;
  const dQueryKey = nHead * dQK;
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
  const referenceShape = { B, T, nHead, dModel, dQueryKey };
  const qkvSize = B * T * (2 * dQueryKey + dModel);
  const made = once(() => {
    const values = noise(qkvSize, 1, scale);
    const qkv = storage === 'packed' ? halved(values) : values;
    const reference = referenceForward(qkv, referenceShape, groups);
    // The kernels say "no key" with a large finite number: shaders may assume that nothing is infinite.
    const lse = reference.lse.map((value) => (value === Number.NEGATIVE_INFINITY ? -1e30 : value));
    return { qkv, reference, lse };
  });
  return { shape, groups, referenceShape, qkvSize, made };
}

function casesOf({ variant, storage }: Form, attention: AttentionCase): KernelCase[] {
  const { B, T, nHead, dQK, dV, stride } = attention;
  const inputs = attentionInputs(attention, storage);
  const { shape, groups, referenceShape, qkvSize, made } = inputs;
  const isPacked = storage === 'packed';
  const halves = isPacked ? { halves: ['qkv', 'o', 'dO', 'dQkv'] } : {};
  // Results rounded to float16 carry that error, once for each segment that is added.
  const tolerance = (full: number) => (isPacked ? 8e-4 : full);
  const gradient = once(() => {
    const values = noise(B * T * nHead * dV, 2);
    return isPacked ? halved(values) : values;
  });
  const segments = groups.flatMap(({ firstHead, nHead: count, segments: list }) =>
    list.map((segment, index) => ({ heads: { segment, firstHead, nHead: count }, merge: index > 0 })),
  );
  const writes = writesEveryGradient(shape, groups);
  const kind = `${variantName(variant)}${isPacked ? ', in float16' : ''}`;
  const partials = segments.map(({ heads: run }) => attentionPartials(shape, run, { variant, storage }));
  const label = `attention on ${kind} ${attention.name}, T ${T}, stride ${stride}, ${nHead} heads of ${dQK} and ${dV}`;
  return [
    {
      name: `${label}, forward`,
      kernels: segments.map((segment) =>
        attentionForward(shape, segment.heads, segment.merge, variant, storage),
      ),
      ...halves,
      inputs: () => ({ qkv: made().qkv }),
      scratch: { o: B * T * nHead * dV, lse: B * nHead * T },
      expected: () => ({ o: made().reference.o, lse: made().lse }),
      tolerance: tolerance(2e-6),
    },
    {
      name: `${label}, backward`,
      kernels: [
        attentionDelta(shape, storage),
        ...(writes ? [] : [fillZero(isPacked ? qkvSize / 2 : qkvSize)]),
        ...segments.flatMap(({ heads, merge }) =>
          attentionBackward(shape, heads, merge || !writes, variant, storage),
        ),
      ],
      ...halves,
      inputs: () => ({ qkv: made().qkv, dO: gradient(), o: made().reference.o, lse: made().lse }),
      scratch: { delta: B * nHead * T, dQkv: qkvSize, partials: Math.max(4, ...partials) },
      aliases: { out: 'dQkv' },
      expected: () => {
        const { qkv, reference } = made();
        return { dQkv: referenceBackward(qkv, reference, gradient(), referenceShape, groups) };
      },
      tolerance: tolerance(4e-6),
    },
  ];
}

function variantName(variant: AttentionVariant): string {
  if (variant === 'rows') return 'rows';
  if (!isAttentionMatrices(variant)) return `tiles of depth ${variant.depth}`;
  const { matrix, own, part, stream } = variant;
  return `matrices of ${matrix.M} x ${matrix.N} x ${matrix.K}, ${matrix.lanes} lanes, in tiles of ${own} x ${stream} by ${part}`;
}
