// How the gradients of a segment are made: those of queries and of keys apart or together, at once or in parts that a second
// kernel adds up. Kernels in attention-backward.ts.

import type { Constants } from '../gpu/kernel.ts';
import { keyRange, keyRows, maxQueryRows, UNBOUNDED } from '../patterns/index.ts';
import type { AttentionForm, AttentionShape, SegmentHeads } from './attention.ts';
import { type AttentionVariant, isAttentionMatrices, STREAMED_ROWS, tileRows } from './attention-variants.ts';

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
  // What is made so where it writes is made so where it adds.
  if (makesWholeGroups(shape, heads, false, form)) return 0;
  const parts = keyGradientParts(shape, heads, form.variant);
  if (parts > 1) return parts * partialSize(shape, heads, true);
  return Math.max(0, queryShares(shape, heads, form) - 1) * partialSize(shape, heads, false);
}

/** Elements of one part of the partial sums of keys and values, or of queries, which have as many rows. */
export function partialSize(
  { B, T, dQK, dV }: AttentionShape,
  { segment, nHead }: SegmentHeads,
  byKey: boolean,
): number {
  return B * nHead * keyRows(segment, T) * (byKey ? dQK + dV : dQK);
}

/** What attention/partials.wgsl asks for. */
export function partialConstants(
  { B, T, dQK, dV }: AttentionShape,
  { segment }: SegmentHeads,
  byKey: boolean,
): Constants {
  const width = byKey ? dQK + dV : dQK;
  return { BATCH: B, PARTIAL_ROWS: keyRows(segment, T), PARTIAL_WIDTH4: width / 4, BY_KEY: byKey };
}

/** Whether scores can be made once for all gradients. Sums in float16 would be rounded with every tile of keys. */
const canShareScores = ({ variant, storage }: AttentionForm): boolean =>
  variant !== 'rows' && !isAttentionMatrices(variant) && storage === 'full';

/** The most elements of shares, 128 MiB of them: as much as every adapter binds. */
const MOST_SHARED = 2 ** 25;

/**
 * How many tiles of keys a tile of queries sees at most, where these are its own rows and those right before: each then
 * makes a share of the queries' gradients, so that scores are made once, not twice. 0 where they are others, or too many.
 */
export function queryShares(shape: AttentionShape, heads: SegmentHeads, form: AttentionForm): number {
  const { segment } = heads;
  if (!canShareScores(form) || keyGradientParts(shape, heads, form.variant) > 1) return 0;
  const rows = keyRows(segment, shape.T);
  const { groups, queryBlock, keysPerBlock, ownKeys, shift } = segment;
  const seesItself = queryBlock === 1 && keysPerBlock === 1 && ownKeys > 0 && shift === 0;
  if (groups > 1 || !seesItself || rows !== maxQueryRows(segment, shape.T)) return 0;
  const tile = tileRows(rows);
  // Tiles of fewer rows than those that stream by would see these not one after the other.
  if (tile < STREAMED_ROWS) return 0;
  const shares = Math.ceil(Math.min(rows, tile + segment.window - 1) / tile);
  return (shares - 1) * partialSize(shape, heads, false) <= MOST_SHARED ? shares : 0;
}

/** So many workgroups keep a large GPU busy when each makes a whole group. */
const ENOUGH_GROUPS = 256;

/** Whether a workgroup makes all gradients of a group of queries and keys, so that scores are made once, not twice. */
export function makesWholeGroups(
  shape: AttentionShape,
  heads: SegmentHeads,
  adds: boolean,
  form: AttentionForm,
): boolean {
  const { segment, firstHead, nHead } = heads;
  if (!canShareScores(form) || keyGradientParts(shape, heads, form.variant) > 1) return false;
  const all = Array.from({ length: nHead }, (_, head) => firstHead + head);
  // The first tile of keys writes the gradients of all queries.
  const isFirstSeen = segment.window === UNBOUNDED && all.every((head) => keyRange(segment, head, 0).hi > 0);
  return nHead * shape.B * segment.groups >= ENOUGH_GROUPS && (adds || isFirstSeen);
}
