// Attention over the segments of a sparse pattern, forward and backward. Shaders in shaders/attention.
//
// A head's segments run one after another: the first writes its output and log-sum-exp, the next ones join
// theirs exactly. The backward pass of every segment needs only the joined log-sum-exp and delta = sum(dO * O).

import addGradientCode from '../../shaders/attention/add-gradient.wgsl?raw';
import backwardKeyRows from '../../shaders/attention/backward-key-rows.wgsl?raw';
import backwardKeyTiles from '../../shaders/attention/backward-key-tiles.wgsl?raw';
import backwardMatrices from '../../shaders/attention/backward-matrices.wgsl?raw';
import backwardQueryRows from '../../shaders/attention/backward-query-rows.wgsl?raw';
import backwardQueryTiles from '../../shaders/attention/backward-query-tiles.wgsl?raw';
import deltaShader from '../../shaders/attention/delta.wgsl?raw';
import fetchCode from '../../shaders/attention/fetch.wgsl?raw';
import fetchGradientCode from '../../shaders/attention/fetch-gradient.wgsl?raw';
import forwardMatrices from '../../shaders/attention/forward-matrices.wgsl?raw';
import forwardRows from '../../shaders/attention/forward-rows.wgsl?raw';
import forwardTiles from '../../shaders/attention/forward-tiles.wgsl?raw';
import attentionMatricesCode from '../../shaders/attention/matrices.wgsl?raw';
import placeCode from '../../shaders/attention/place.wgsl?raw';
import reduceKey from '../../shaders/attention/reduce-key.wgsl?raw';
import segmentCode from '../../shaders/attention/segment.wgsl?raw';
import storeGradientCode from '../../shaders/attention/store-gradient.wgsl?raw';
import storePartialCode from '../../shaders/attention/store-partial.wgsl?raw';
import tileCode from '../../shaders/attention/tile.wgsl?raw';
import originCode from '../../shaders/common/origin.wgsl?raw';
import { type Constants, type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import type { PlanBuilder } from '../gpu/plan.ts';
import {
  coversEveryKey,
  type HeadSegments,
  headGroupPairs,
  keyRows,
  maxQueryRows,
  type Segment,
  UNBOUNDED,
} from '../patterns/index.ts';
import {
  type AttentionVariant,
  attentionConstants,
  type HeadWidths,
  isAttentionMatrices,
  ownRows,
  tileRows,
} from './attention-variants.ts';
import { fillZero } from './fill.ts';
import { matricesCode } from './matrices.ts';
import { type Storage, storageBytes, storageCode } from './storage.ts';

export interface AttentionShape extends HeadWidths {
  readonly B: number;
  readonly T: number;
  /** Heads of the layer. */
  readonly nHead: number;
}

/** The heads [firstHead, firstHead + nHead) of a layer, which attend to this segment. */
export interface SegmentHeads {
  readonly segment: Segment;
  readonly firstHead: number;
  readonly nHead: number;
}

export function segmentConstants({ T, nHead, dQK, dV }: AttentionShape, heads: SegmentHeads): Constants {
  const { segment } = heads;
  return {
    T,
    HEADS: nHead,
    FIRST_HEAD: heads.firstHead,
    HEAD_COUNT: heads.nHead,
    D_QK: dQK,
    D_V: dV,
    GROUPS: segment.groups,
    GROUP_STEP: segment.groupStep,
    QUERY_STEP: segment.queryStep,
    QUERY_ROWS: maxQueryRows(segment, T),
    KEY_ROWS: keyRows(segment, T),
    CELLS: segment.cells,
    BLOCK_STEP: segment.blockStep,
    KEY_OFFSET: segment.keyOffset,
    HEAD_CYCLE: segment.headCycle,
    QUERY_BLOCK: segment.queryBlock,
    KEYS_PER_BLOCK: segment.keysPerBlock,
    OWN_KEYS: segment.ownKeys,
    SHIFT: segment.shift,
    WINDOW: segment.window,
  };
}

/** Which kernels, and over which storage of queries, keys, values and outputs. */
interface AttentionForm {
  readonly variant: AttentionVariant;
  readonly storage: Storage;
}

/** The shader files of a kernel by way of computing, what they have in common apart. */
type Shaders = Readonly<Record<'rows' | 'tiles' | 'matrices', readonly string[]>>;

/** One kernel over a segment; `rows` counts the rows of the side that workgroups own: queries, or keys. */
function segmentKernel(
  name: string,
  shaders: Shaders,
  { variant, storage }: AttentionForm,
  shape: AttentionShape,
  heads: SegmentHeads,
  rows: number,
  more: Constants = {},
): Kernel {
  const own = ownRows(variant, rows);
  const tiles = Math.ceil(rows / own);
  const { PARTS: parts = 1 } = more;
  const grid = [heads.nHead * shape.B, heads.segment.groups * Number(parts), tiles] as const;
  const constants = {
    ...segmentConstants(shape, heads),
    OWN: own,
    TILES: tiles,
    PARTS: parts,
    ...attentionConstants(variant, shape, rows),
    ...more,
  };
  const label = `attention/${name}/${heads.segment.factor}`;
  const pairs = shape.B * headGroupPairs({ ...heads, segments: [heads.segment] }, shape.T);
  // Two operations a feature and product: q k and p v forward; q k, dO v and two or one more of them backward.
  const work = 2 * pairs * (shape.dQK + shape.dV) * (name === 'forward' ? 1 : 2);
  const code = [storageCode[storage], originCode, segmentCode];
  const files = {
    rows: [...code, ...shaders.rows],
    tiles: [...code, placeCode, tileCode, fetchCode, ...shaders.tiles],
    matrices: [matricesCode, ...code, placeCode, attentionMatricesCode, ...shaders.matrices],
  };
  const way = variant === 'rows' ? 'rows' : isAttentionMatrices(variant) ? 'matrices' : 'tiles';
  return kernel(label, files[way], constants, grid, work);
}

/** Bindings: qkv [B * T, nHead * (2 dQK + dV)], o [B * T, nHead * dV], lse [B, nHead, T]. `merge` joins an earlier segment's. */
export function attentionForward(
  shape: AttentionShape,
  heads: SegmentHeads,
  merge: boolean,
  variant: AttentionVariant,
  storage: Storage = 'full',
): Kernel {
  const shaders = { rows: [forwardRows], tiles: [forwardTiles], matrices: [forwardMatrices] };
  const rows = maxQueryRows(heads.segment, shape.T);
  return segmentKernel('forward', shaders, { variant, storage }, shape, heads, rows, { MERGE: merge });
}

/** Bindings: o, dO, delta [B, nHead, T]. */
export function attentionDelta({ B, T, nHead, dV }: AttentionShape, storage: Storage = 'full'): Kernel {
  const constants = { ROWS: B * T, T, HEADS: nHead, D_V: dV };
  const files = [storageCode[storage], deltaShader];
  return kernel('attention/delta', files, constants, linearGrid(Math.ceil((B * T * nHead) / 64)));
}

/** Writes the query part of dQkv, or `adds` to it. Bindings: qkv, dO, lse, delta, dQkv. */
export function attentionBackwardQuery(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  variant: AttentionVariant,
  storage: Storage = 'full',
): Kernel {
  const shaders = {
    rows: [addGradientCode, backwardQueryRows],
    tiles: [fetchGradientCode, addGradientCode, storeGradientCode, backwardQueryTiles],
    matrices: [addGradientCode, storeGradientCode, backwardMatrices],
  };
  const rows = maxQueryRows(heads.segment, shape.T);
  const constants = { BY_KEY: false, ADDS: adds };
  return segmentKernel('backward-query', shaders, { variant, storage }, shape, heads, rows, constants);
}

/** The longest begin first, so that so many fill a large GPU although they end at different times. */
const ENOUGH_WORKGROUPS = 512;

/**
 * Into how many parts the queries of a segment are split for its keys' gradients: more than one where whole rows of
 * queries see few keys, so that workgroups would be few and long.
 */
export function keyGradientParts(
  shape: AttentionShape,
  heads: SegmentHeads,
  variant: AttentionVariant,
): number {
  const { segment, nHead } = heads;
  if (variant === 'rows' || segment.groups > 1 || segment.window < UNBOUNDED) return 1;
  const rows = keyRows(segment, shape.T);
  const workgroups = Math.ceil(rows / tileRows(rows)) * nHead * shape.B;
  if (workgroups >= ENOUGH_WORKGROUPS) return 1;
  const queryTiles = Math.ceil(shape.T / 64);
  return Math.max(1, Math.min(Math.floor(1024 / workgroups), Math.floor(queryTiles / 4), 16));
}

/** Elements of the partial sums of `attentionBackwardKey`; 0 where it needs none. */
export function keyGradientPartials(
  shape: AttentionShape,
  heads: SegmentHeads,
  variant: AttentionVariant,
): number {
  const parts = keyGradientParts(shape, heads, variant);
  return parts === 1
    ? 0
    : parts * shape.B * heads.nHead * keyRows(heads.segment, shape.T) * (shape.dQK + shape.dV);
}

/**
 * Writes the key and value parts of dQkv, or `adds` to them: at once, or by partial sums that `sum` adds up.
 * Bindings: qkv, dO, lse, delta, and dQkv or partials; of the sum, partials and dQkv.
 */
export function attentionBackwardKey(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  variant: AttentionVariant,
  storage: Storage = 'full',
): { readonly kernel: Kernel; readonly sum: Kernel | null } {
  const rows = keyRows(heads.segment, shape.T);
  const parts = keyGradientParts(shape, heads, variant);
  const store = parts === 1 ? [addGradientCode, storeGradientCode] : [storePartialCode];
  const shaders = {
    rows: [addGradientCode, backwardKeyRows],
    tiles: [fetchGradientCode, ...store, backwardKeyTiles],
    matrices: [...store, backwardMatrices],
  };
  const constants = { PARTS: parts, BATCH: shape.B, BY_KEY: true, ADDS: adds };
  const first = segmentKernel('backward-key', shaders, { variant, storage }, shape, heads, rows, constants);
  if (parts === 1) return { kernel: first, sum: null };
  const size = shape.B * heads.nHead * rows * ((shape.dQK + shape.dV) / 4);
  const all = { ...segmentConstants(shape, heads), BATCH: shape.B, PARTS: parts, ADDS: adds };
  const name = `attention/reduce-key/${heads.segment.factor}`;
  const sum = kernel(
    name,
    [storageCode[storage], segmentCode, addGradientCode, reduceKey],
    all,
    linearGrid(Math.ceil(size / 64)),
  );
  return { kernel: first, sum };
}

/** Whether the first segment of every run of heads writes all of their gradients, so that none need be cleared. */
export function writesEveryGradient({ T }: AttentionShape, groups: readonly HeadSegments[]): boolean {
  return groups.every(({ segments: [first] }) => first !== undefined && coversEveryKey(first, T));
}

/** What the backward pass of a layer's attention reads, and dQkv, which it writes. */
export interface AttentionGradients {
  readonly qkv: GPUBuffer;
  readonly o: GPUBuffer;
  readonly dO: GPUBuffer;
  readonly lse: GPUBuffer;
  readonly delta: GPUBuffer;
  readonly dQkv: GPUBuffer;
  /** At least `keyGradientPartials` elements. */
  readonly partials: GPUBuffer;
}

/** The backward pass of a layer's attention, segment after segment: gradients of queries, then of keys and values. */
export function addAttentionBackward(
  plan: PlanBuilder,
  shape: AttentionShape,
  groups: readonly HeadSegments[],
  { attention, storage }: { readonly attention: AttentionVariant; readonly storage: Storage },
  { qkv, o, dO, lse, delta, dQkv, partials }: AttentionGradients,
): void {
  plan.add(attentionDelta(shape, storage), { o, dO, delta });
  const inputs = { qkv, dO, lse, delta };
  const writes = writesEveryGradient(shape, groups);
  const elements = shape.B * shape.T * shape.nHead * (2 * shape.dQK + shape.dV);
  // Whole vec4s: a buffer has room for the last of them.
  if (!writes) plan.add(fillZero(4 * Math.ceil((elements * storageBytes[storage]) / 16)), { out: dQkv });
  for (const { segments, ...run } of groups) {
    for (const [index, segment] of segments.entries()) {
      const heads = { ...run, segment };
      const adds = !writes || index > 0;
      plan.add(attentionBackwardQuery(shape, heads, adds, attention, storage), { ...inputs, dQkv });
      const { kernel: keys, sum } = attentionBackwardKey(shape, heads, adds, attention, storage);
      plan.add(keys, sum ? { ...inputs, partials } : { ...inputs, dQkv });
      if (sum) plan.add(sum, { partials, dQkv });
    }
  }
}
