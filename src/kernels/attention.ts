// Attention over the segments of a sparse pattern. Shaders in shaders/attention; backward in attention-backward.ts.
//
// A head's segments run one after another: the first writes its output and log-sum-exp, the next ones join
// theirs exactly.

import fetchCode from '../../shaders/attention/fetch.wgsl?raw';
import forwardMatrices from '../../shaders/attention/forward-matrices.wgsl?raw';
import forwardRows from '../../shaders/attention/forward-rows.wgsl?raw';
import forwardTiles from '../../shaders/attention/forward-tiles.wgsl?raw';
import attentionMatricesCode from '../../shaders/attention/matrices.wgsl?raw';
import placeCode from '../../shaders/attention/place.wgsl?raw';
import segmentCode from '../../shaders/attention/segment.wgsl?raw';
import tileCode from '../../shaders/attention/tile.wgsl?raw';
import originCode from '../../shaders/common/origin.wgsl?raw';
import { type Constants, type Kernel, kernel } from '../gpu/kernel.ts';
import { headGroupPairs, keyRows, maxQueryRows, type Segment } from '../patterns/index.ts';
import {
  type AttentionVariant,
  attentionConstants,
  type HeadWidths,
  isAttentionMatrices,
  ownRows,
} from './attention-variants.ts';
import { matricesCode } from './matrices.ts';
import { type Storage, storageCode } from './storage.ts';

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
export interface AttentionForm {
  readonly variant: AttentionVariant;
  readonly storage: Storage;
}

/** The shader files of a kernel by way of computing, what they have in common apart. */
export type Shaders = Readonly<Record<'rows' | 'tiles' | 'matrices', readonly string[]>>;

/** Products of a pair's features, by what they make: q k and p v forward; backward q k, dO v and one to three more. */
const PRODUCTS = {
  forward: 2,
  'backward-query': 3,
  'backward-key': 4,
  'backward-group': 5,
  'backward-shared': 5,
} as const;

/**
 * One kernel over a segment; `rows` counts the rows of the side that workgroups own: queries, or keys. A workgroup makes one
 * tile of them, or `EACH` in turn.
 */
export function segmentKernel(
  name: keyof typeof PRODUCTS,
  shaders: Shaders,
  { variant, storage }: AttentionForm,
  shape: AttentionShape,
  heads: SegmentHeads,
  rows: number,
  more: Constants = {},
): Kernel {
  const own = ownRows(variant, rows);
  const tiles = Math.ceil(rows / own);
  const { PARTS: parts = 1, EACH: each = 1 } = more;
  const grid = [heads.nHead * shape.B, heads.segment.groups * Number(parts), tiles / Number(each)] as const;
  const constants = {
    ...segmentConstants(shape, heads),
    OWN: own,
    TILES: tiles,
    PARTS: parts,
    EACH: each,
    ...attentionConstants(variant, shape, rows),
    ...more,
  };
  const label = `attention/${name}/${heads.segment.factor}`;
  const pairs = shape.B * headGroupPairs({ ...heads, segments: [heads.segment] }, shape.T);
  const work = pairs * (shape.dQK + shape.dV) * PRODUCTS[name];
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
