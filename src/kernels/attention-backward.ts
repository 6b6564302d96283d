// The backward pass of attention over the segments of a sparse pattern. Shaders in shaders/attention.
//
// It goes segment after segment, as the forward pass does, and of what that left needs only the joined log-sum-exp, besides
// delta = sum(dO * O).

import addGradientCode from '../../shaders/attention/add-gradient.wgsl?raw';
import backwardKeyRows from '../../shaders/attention/backward-key-rows.wgsl?raw';
import backwardKeyTiles from '../../shaders/attention/backward-key-tiles.wgsl?raw';
import backwardMatrices from '../../shaders/attention/backward-matrices.wgsl?raw';
import backwardQueryRows from '../../shaders/attention/backward-query-rows.wgsl?raw';
import backwardQueryTiles from '../../shaders/attention/backward-query-tiles.wgsl?raw';
import deltaShader from '../../shaders/attention/delta.wgsl?raw';
import fetchGradientCode from '../../shaders/attention/fetch-gradient.wgsl?raw';
import noQueryShareCode from '../../shaders/attention/no-query-share.wgsl?raw';
import queryShareCode from '../../shaders/attention/query-share.wgsl?raw';
import reduceKey from '../../shaders/attention/reduce-key.wgsl?raw';
import reduceQuery from '../../shaders/attention/reduce-query.wgsl?raw';
import segmentCode from '../../shaders/attention/segment.wgsl?raw';
import shareApartCode from '../../shaders/attention/share-apart.wgsl?raw';
import shareInTurnCode from '../../shaders/attention/share-in-turn.wgsl?raw';
import storeGradientCode from '../../shaders/attention/store-gradient.wgsl?raw';
import storePartialCode from '../../shaders/attention/store-partial.wgsl?raw';
import { bindingsOf, type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import type { PlanBuilder } from '../gpu/plan.ts';
import {
  coversEveryKey,
  type HeadSegments,
  keyRange,
  keyRows,
  maxQueryRows,
  UNBOUNDED,
} from '../patterns/index.ts';
import {
  type AttentionForm,
  type AttentionShape,
  type SegmentHeads,
  segmentConstants,
  segmentKernel,
} from './attention.ts';
import {
  type AttentionVariant,
  isAttentionMatrices,
  ownRows,
  STREAMED_ROWS,
  tileRows,
} from './attention-variants.ts';
import { fillZero } from './fill.ts';
import { type Storage, storageBytes, storageCode } from './storage.ts';

/** Bindings: o, dO, delta [B, nHead, T]. */
export function attentionDelta({ B, T, nHead, dV }: AttentionShape, storage: Storage = 'full'): Kernel {
  const constants = { ROWS: B * T, T, HEADS: nHead, D_V: dV };
  const files = [storageCode[storage], deltaShader];
  return kernel('attention/delta', files, constants, linearGrid(Math.ceil((B * T * nHead) / 64)));
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

/** Elements of the partial sums that the gradients of a segment need; 0 where they need none. */
export function attentionPartials(shape: AttentionShape, heads: SegmentHeads, form: AttentionForm): number {
  const parts = keyGradientParts(shape, heads, form.variant);
  if (parts === 1) return queryPartials(shape, heads, queryShares(shape, heads, form));
  return parts * shape.B * heads.nHead * keyRows(heads.segment, shape.T) * (shape.dQK + shape.dV);
}

/** Elements of the shares of queries' gradients that are kept apart. */
function queryPartials(
  { B, T, dQK }: AttentionShape,
  { segment, nHead }: SegmentHeads,
  shares: number,
): number {
  return Math.max(0, shares - 1) * B * nHead * maxQueryRows(segment, T) * dQK;
}

/** The most elements of shares, 128 MiB of them: as much as every adapter binds. */
const MOST_SHARED = 2 ** 25;

/**
 * How many tiles of keys a tile of queries sees at most, where these are its own rows and those right before: each then
 * makes a share of the queries' gradients, so that scores are made once, not twice. 0 where they are others, or too many.
 */
function queryShares(
  shape: AttentionShape,
  heads: SegmentHeads,
  { variant, storage }: AttentionForm,
): number {
  if (variant === 'rows' || isAttentionMatrices(variant) || storage !== 'full') return 0;
  const { segment } = heads;
  if (keyGradientParts(shape, heads, variant) > 1) return 0;
  const rows = keyRows(segment, shape.T);
  const { groups, queryBlock, keysPerBlock, ownKeys, shift } = segment;
  const seesItself = queryBlock === 1 && keysPerBlock === 1 && ownKeys > 0 && shift === 0;
  if (groups > 1 || !seesItself || rows !== maxQueryRows(segment, shape.T)) return 0;
  const tile = tileRows(rows);
  // Tiles of fewer rows than those that stream by would see these not one after the other.
  if (tile < STREAMED_ROWS) return 0;
  const shares = Math.ceil(Math.min(rows, tile + segment.window - 1) / tile);
  return queryPartials(shape, heads, shares) <= MOST_SHARED ? shares : 0;
}

/** So many workgroups keep a large GPU busy when each makes a whole group. */
const ENOUGH_GROUPS = 256;

/**
 * Whether a workgroup makes all gradients of a group of queries and keys, so that scores are made once, not twice. Sums in
 * float16 would be rounded with every tile of keys.
 */
function makesWholeGroups(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  { variant, storage }: AttentionForm,
): boolean {
  const { segment, firstHead, nHead } = heads;
  if (variant === 'rows' || isAttentionMatrices(variant) || storage !== 'full') return false;
  if (keyGradientParts(shape, heads, variant) > 1) return false;
  const all = Array.from({ length: nHead }, (_, head) => firstHead + head);
  // The first tile of keys writes the gradients of all queries.
  const isFirstSeen = segment.window === UNBOUNDED && all.every((head) => keyRange(segment, head, 0).hi > 0);
  return nHead * shape.B * segment.groups >= ENOUGH_GROUPS && (adds || isFirstSeen);
}

/**
 * The kernels of a segment's backward pass, which write the gradients of its queries, keys and values into dQkv, or `adds` to
 * them. Bindings: qkv, dO, lse, delta, and dQkv or partials; of a sum, partials and dQkv.
 */
export function attentionBackward(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  variant: AttentionVariant,
  storage: Storage = 'full',
): readonly Kernel[] {
  const form = { variant, storage };
  if (makesWholeGroups(shape, heads, adds, form)) return [groupGradients(shape, heads, adds, form)];
  const shares = queryShares(shape, heads, form);
  if (shares > 0) return sharedGradients(shape, heads, adds, form, shares);
  return [queryGradient(shape, heads, adds, form), ...keyGradients(shape, heads, adds, form)];
}

/** Keys and values, and with each tile of them its share of the queries' gradients, which a second kernel adds up. */
function sharedGradients(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  form: AttentionForm,
  shares: number,
): readonly Kernel[] {
  const rows = keyRows(heads.segment, shape.T);
  const share = [addGradientCode, storeGradientCode, shareApartCode, queryShareCode];
  const tiles = [fetchGradientCode, ...share, backwardKeyTiles];
  const shaders = { rows: [], tiles, matrices: [] };
  const constants = { BATCH: shape.B, SHARES: shares, ADDS: adds };
  const first = segmentKernel('backward-shared', shaders, form, shape, heads, rows, constants);
  const size = shape.B * heads.nHead * rows * (shape.dQK / 4);
  const all = { ...segmentConstants(shape, heads), ...constants, TILE: tileRows(rows) };
  const files = [storageCode[form.storage], segmentCode, addGradientCode, reduceQuery];
  const name = `attention/reduce-query/${heads.segment.factor}`;
  return [first, kernel(name, files, all, linearGrid(Math.ceil(size / 64)))];
}

/** Queries, keys and values at once, a group a workgroup. */
function groupGradients(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  form: AttentionForm,
): Kernel {
  const share = [addGradientCode, storeGradientCode, shareInTurnCode, queryShareCode];
  const tiles = [fetchGradientCode, ...share, backwardKeyTiles];
  const rows = keyRows(heads.segment, shape.T);
  const constants = { EACH: Math.ceil(rows / ownRows(form.variant, rows)), ADDS: adds };
  return segmentKernel(
    'backward-group',
    { rows: [], tiles, matrices: [] },
    form,
    shape,
    heads,
    rows,
    constants,
  );
}

function queryGradient(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  form: AttentionForm,
): Kernel {
  const shaders = {
    rows: [addGradientCode, backwardQueryRows],
    tiles: [fetchGradientCode, addGradientCode, storeGradientCode, backwardQueryTiles],
    matrices: [addGradientCode, storeGradientCode, backwardMatrices],
  };
  const rows = maxQueryRows(heads.segment, shape.T);
  const constants = { BY_KEY: false, ADDS: adds };
  return segmentKernel('backward-query', shaders, form, shape, heads, rows, constants);
}

/** Keys and values: at once, or by partial sums that a second kernel adds up. */
function keyGradients(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  form: AttentionForm,
): readonly Kernel[] {
  const { variant, storage } = form;
  const rows = keyRows(heads.segment, shape.T);
  const parts = keyGradientParts(shape, heads, variant);
  const store = parts === 1 ? [addGradientCode, storeGradientCode] : [storePartialCode];
  const shaders = {
    rows: [addGradientCode, backwardKeyRows],
    tiles: [fetchGradientCode, ...store, noQueryShareCode, backwardKeyTiles],
    matrices: [...store, backwardMatrices],
  };
  const constants = { PARTS: parts, BATCH: shape.B, BY_KEY: true, ADDS: adds };
  const first = segmentKernel('backward-key', shaders, form, shape, heads, rows, constants);
  if (parts === 1) return [first];
  const size = shape.B * heads.nHead * rows * ((shape.dQK + shape.dV) / 4);
  const all = { ...segmentConstants(shape, heads), BATCH: shape.B, PARTS: parts, ADDS: adds };
  const files = [storageCode[storage], segmentCode, addGradientCode, reduceKey];
  const name = `attention/reduce-key/${heads.segment.factor}`;
  return [first, kernel(name, files, all, linearGrid(Math.ceil(size / 64)))];
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
  /** At least `attentionPartials` elements. */
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
  const buffers = { qkv, dO, lse, delta, dQkv, partials };
  const writes = writesEveryGradient(shape, groups);
  const elements = shape.B * shape.T * shape.nHead * (2 * shape.dQK + shape.dV);
  // Whole vec4s: a buffer has room for the last of them.
  if (!writes) plan.add(fillZero(4 * Math.ceil((elements * storageBytes[storage]) / 16)), { out: dQkv });
  for (const { segments, ...run } of groups) {
    for (const [index, segment] of segments.entries()) {
      const heads = { ...run, segment };
      for (const kernel of attentionBackward(shape, heads, !writes || index > 0, attention, storage)) {
        plan.add(kernel, boundTo(kernel, buffers));
      }
    }
  }
}

/** Of some buffers, those that a kernel binds. */
function boundTo(kernel: Kernel, buffers: Readonly<Record<string, GPUBuffer>>): Record<string, GPUBuffer> {
  const names = new Set(bindingsOf(kernel.source).map(({ name }) => name));
  return Object.fromEntries(Object.entries(buffers).filter(([name]) => names.has(name)));
}
