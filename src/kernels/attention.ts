// Attention over the segments of a sparse pattern, forward and backward. Shaders in shaders/attention.
//
// A head's segments run one after another: the first writes its output and log-sum-exp, the next ones join
// theirs exactly. The backward pass of every segment needs only the joined log-sum-exp and delta = sum(dO * O).

import backwardKeyRows from '../../shaders/attention/backward-key-rows.wgsl?raw';
import backwardKeyTiles from '../../shaders/attention/backward-key-tiles.wgsl?raw';
import backwardQueryRows from '../../shaders/attention/backward-query-rows.wgsl?raw';
import backwardQueryTiles from '../../shaders/attention/backward-query-tiles.wgsl?raw';
import deltaShader from '../../shaders/attention/delta.wgsl?raw';
import fetchCode from '../../shaders/attention/fetch.wgsl?raw';
import fetchGradientCode from '../../shaders/attention/fetch-gradient.wgsl?raw';
import forwardRows from '../../shaders/attention/forward-rows.wgsl?raw';
import forwardTiles from '../../shaders/attention/forward-tiles.wgsl?raw';
import segmentCode from '../../shaders/attention/segment.wgsl?raw';
import tileCode from '../../shaders/attention/tile.wgsl?raw';
import { type Constants, type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import { keyRows, maxQueryRows, type Segment } from '../patterns/index.ts';

export interface AttentionShape {
  readonly B: number;
  readonly T: number;
  /** Heads of the layer. */
  readonly nHead: number;
  /** Width of one head's query and key; a multiple of 4. */
  readonly dQK: number;
  /** Width of one head's value; a multiple of 4. */
  readonly dV: number;
}

/** The heads [firstHead, firstHead + nHead) of a layer, which attend to this segment. */
export interface SegmentHeads {
  readonly segment: Segment;
  readonly firstHead: number;
  readonly nHead: number;
}

/** `tiles` for GPUs; `rows`, a row a thread, where the adapter computes on a CPU. */
export type AttentionVariant = 'tiles' | 'rows';

function segmentConstants({ T, nHead, dQK, dV }: AttentionShape, heads: SegmentHeads): Constants {
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

/** One kernel over a segment; `rows` counts the rows of the side that workgroups own: queries, or keys. */
function segmentKernel(
  name: string,
  shaders: Readonly<Record<AttentionVariant, readonly string[]>>,
  variant: AttentionVariant,
  shape: AttentionShape,
  heads: SegmentHeads,
  rows: number,
  more: Constants = {},
): Kernel {
  const own = rows > 32 ? 64 : 32;
  const tiles = Math.ceil(rows / own);
  const grid = [heads.nHead * shape.B, heads.segment.groups, tiles] as const;
  const constants = { ...segmentConstants(shape, heads), OWN: own, TILES: tiles, ...more };
  const files =
    variant === 'tiles'
      ? [segmentCode, tileCode, fetchCode, ...shaders.tiles]
      : [segmentCode, ...shaders.rows];
  return kernel(`attention/${name}/${heads.segment.factor}`, files, constants, grid);
}

/** Bindings: qkv [B * T, nHead * (2 dQK + dV)], o [B * T, nHead * dV], lse [B, nHead, T]. `merge` joins an earlier segment's. */
export function attentionForward(
  shape: AttentionShape,
  heads: SegmentHeads,
  merge: boolean,
  variant: AttentionVariant,
): Kernel {
  const shaders = { rows: [forwardRows], tiles: [forwardTiles] };
  const rows = maxQueryRows(heads.segment, shape.T);
  return segmentKernel('forward', shaders, variant, shape, heads, rows, { MERGE: merge });
}

/** Bindings: o, dO, delta [B, nHead, T]. */
export function attentionDelta({ B, T, nHead, dV }: AttentionShape): Kernel {
  const constants = { ROWS: B * T, T, HEADS: nHead, D_V: dV };
  return kernel('attention/delta', [deltaShader], constants, linearGrid(Math.ceil((B * T * nHead) / 64)));
}

/** Adds to the query part of dQkv. Bindings: qkv, dO, lse, delta, dQkv. */
export function attentionBackwardQuery(
  shape: AttentionShape,
  heads: SegmentHeads,
  variant: AttentionVariant,
): Kernel {
  const shaders = { rows: [backwardQueryRows], tiles: [fetchGradientCode, backwardQueryTiles] };
  return segmentKernel(
    'backward-query',
    shaders,
    variant,
    shape,
    heads,
    maxQueryRows(heads.segment, shape.T),
  );
}

/** Adds to the key and value parts of dQkv. Bindings: qkv, dO, lse, delta, dQkv. */
export function attentionBackwardKey(
  shape: AttentionShape,
  heads: SegmentHeads,
  variant: AttentionVariant,
): Kernel {
  const shaders = { rows: [backwardKeyRows], tiles: [fetchGradientCode, backwardKeyTiles] };
  return segmentKernel('backward-key', shaders, variant, shape, heads, keyRows(heads.segment, shape.T));
}
