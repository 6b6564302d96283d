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
import partialsCode from '../../shaders/attention/partials.wgsl?raw';
import placeCode from '../../shaders/attention/place.wgsl?raw';
import queryShareCode from '../../shaders/attention/query-share.wgsl?raw';
import reduceShader from '../../shaders/attention/reduce-partials.wgsl?raw';
import segmentCode from '../../shaders/attention/segment.wgsl?raw';
import shareApartCode from '../../shaders/attention/share-apart.wgsl?raw';
import shareInTurnCode from '../../shaders/attention/share-in-turn.wgsl?raw';
import storeGradientCode from '../../shaders/attention/store-gradient.wgsl?raw';
import storePartialCode from '../../shaders/attention/store-partial.wgsl?raw';
import { bindingsOf, type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import type { PlanBuilder } from '../gpu/plan.ts';
import { coversEveryKey, type HeadSegments, keyRows, maxQueryRows } from '../patterns/index.ts';
import {
  type AttentionForm,
  type AttentionShape,
  type SegmentHeads,
  type Shaders,
  segmentConstants,
  segmentKernel,
} from './attention.ts';
import { type AttentionVariant, ownRows, tileRows } from './attention-variants.ts';
import {
  keyGradientParts,
  makesWholeGroups,
  partialConstants,
  partialSize,
  queryShares,
} from './attention-ways.ts';
import { fillZero } from './fill.ts';
import { type Storage, storageBytes, storageCode } from './storage.ts';

/** Bindings: o, dO, delta [B, nHead, T]. */
export function attentionDelta({ B, T, nHead, dV }: AttentionShape, storage: Storage = 'full'): Kernel {
  const constants = { ROWS: B * T, T, HEADS: nHead, D_V: dV };
  const files = [storageCode[storage], deltaShader];
  return kernel('attention/delta', files, constants, linearGrid(Math.ceil((B * T * nHead) / 64)));
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

/** Keys and values, and with each tile of them its share of the queries' gradients, which goes where a file says. */
const sharing = (...putShareCode: string[]): Shaders => ({
  rows: [],
  tiles: [
    ...[fetchGradientCode, addGradientCode, storeGradientCode],
    ...[...putShareCode, queryShareCode, backwardKeyTiles],
  ],
  matrices: [],
});

/** Queries, keys and values at once, where a second kernel adds up the shares of the queries' gradients. */
function sharedGradients(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  form: AttentionForm,
  shares: number,
): readonly Kernel[] {
  const rows = keyRows(heads.segment, shape.T);
  const constants = { ...partialConstants(shape, heads, false), ADDS: adds };
  return [
    segmentKernel(
      'backward-shared',
      sharing(partialsCode, shareApartCode),
      form,
      shape,
      heads,
      rows,
      constants,
    ),
    // The share of their own tile is there already.
    ...(shares > 1 ? [reducePartials(shape, heads, true, form, shares - 1, false)] : []),
  ];
}

/** Queries, keys and values at once, a group a workgroup. */
function groupGradients(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  form: AttentionForm,
): Kernel {
  const rows = keyRows(heads.segment, shape.T);
  const constants = { EACH: Math.ceil(rows / ownRows(form.variant, rows)), ADDS: adds };
  return segmentKernel('backward-group', sharing(shareInTurnCode), form, shape, heads, rows, constants);
}

/** Adds parts of gradients up. Bindings: partials, dQkv. */
function reducePartials(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  { storage }: AttentionForm,
  parts: number,
  byKey: boolean,
): Kernel {
  const constants = {
    ...segmentConstants(shape, heads),
    ...partialConstants(shape, heads, byKey),
    PARTS: parts,
    TILE: tileRows(keyRows(heads.segment, shape.T)),
    ADDS: adds,
  };
  const files = [storageCode[storage], segmentCode, placeCode, addGradientCode, partialsCode, reduceShader];
  const name = `attention/reduce-${byKey ? 'key' : 'query'}/${heads.segment.factor}`;
  return kernel(name, files, constants, linearGrid(Math.ceil(partialSize(shape, heads, byKey) / 4 / 64)));
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
  const rows = keyRows(heads.segment, shape.T);
  const parts = keyGradientParts(shape, heads, form.variant);
  const store = parts === 1 ? [addGradientCode, storeGradientCode] : [partialsCode, storePartialCode];
  const shaders = {
    rows: [addGradientCode, backwardKeyRows],
    tiles: [fetchGradientCode, ...store, noQueryShareCode, backwardKeyTiles],
    matrices: [...store, backwardMatrices],
  };
  const constants = { ...partialConstants(shape, heads, true), PARTS: parts, ADDS: adds };
  const first = segmentKernel('backward-key', shaders, form, shape, heads, rows, constants);
  return parts === 1 ? [first] : [first, reducePartials(shape, heads, adds, form, parts, true)];
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
