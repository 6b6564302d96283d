// Reading attention back: single rows of its matrix, and pictures of bounded size. Shaders in shaders/attention.
// Both work from the queries, keys and log-sum-exp that the forward pass left behind, segment by segment.

import lookupCode from '../../shaders/attention/lookup.wgsl?raw';
import mapShader from '../../shaders/attention/map.wgsl?raw';
import segmentCode from '../../shaders/attention/segment.wgsl?raw';
import weightsShader from '../../shaders/attention/weights.wgsl?raw';
import { type Kernel, kernel } from '../gpu/kernel.ts';
import { keyRows, type Segment } from '../patterns/index.ts';
import { type AttentionShape, type SegmentHeads, segmentConstants } from './attention.ts';
import { type Storage, storageCode } from './storage.ts';

/** Most cells along a side of a picture. */
export const MAP_SIDE = 128;
/** Numbers beside each row of a picture: entropy in nats, distance and weight, summed over the row's pairs. */
export const MAP_STATISTICS = 3;
/** The uniform of a picture: eight words, see shaders/attention/map.wgsl. */
export const MAP_VIEW_BYTES = 32;

/** The most keys that a query sees in a segment over `length` positions. */
export function mostKeys(segment: Segment, length: number): number {
  return Math.min(segment.window, keyRows(segment, length));
}

/** Rows of one segment, for heads that use it. Bindings: qkv, lse, targets [targets] of (head, position), weights [targets, mostKeys]. */
export function attentionWeights(
  shape: AttentionShape,
  segment: Segment,
  targets: number,
  storage: Storage,
): Kernel {
  const heads = { segment, firstHead: 0, nHead: shape.nHead };
  const constants = { ...segmentConstants(shape, heads), MOST: mostKeys(segment, shape.T) };
  const files = [storageCode[storage], segmentCode, lookupCode, weightsShader];
  return kernel(`attention/weights/${segment.factor}`, files, constants, [targets, 1, 1]);
}

/**
 * Adds one segment's part of a picture, `rows` rows of cells of it. Bindings: qkv, lse, view, sums
 * [heads, MAP_SIDE, MAP_SIDE], statistics [heads, MAP_SIDE, MAP_STATISTICS].
 */
export function attentionMap(
  shape: AttentionShape,
  heads: SegmentHeads,
  rows: number,
  storage: Storage,
): Kernel {
  const constants = { ...segmentConstants(shape, heads), SIDE: MAP_SIDE };
  const files = [storageCode[storage], segmentCode, lookupCode, mapShader];
  return kernel(`attention/map/${heads.segment.factor}`, files, constants, [heads.nHead, rows, 1]);
}
