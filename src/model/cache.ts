// The key/value cache of a layer, laid out for its pattern so that a new position reads O(stride + n / stride)
// rows and local layers hold only what they can still see. A cache has up to two regions:
//   recent   a ring of `stride` rows, read by local and own-block segments;
//   archive  rows that stay: all of them for dense and column segments (column by column, so that a column is one
//            run of memory), or only the summary cells of each block.

import type { Factor } from '../patterns/index.ts';
import { headFactors, type ModelConfig } from './config.ts';

/** slot(p) = base + floor(p / period) * periodStep + (p % period) * step, for positions with p % period >= keptFrom. */
export interface CacheRegion {
  readonly base: number;
  readonly period: number;
  readonly periodStep: number;
  readonly step: number;
  readonly keptFrom: number;
}

export interface CacheLayout {
  readonly regions: readonly CacheRegion[];
  /** Rows in all. */
  readonly slots: number;
  /** The region that a factor reads. */
  regionOf(factor: Factor): CacheRegion;
}

/** Slot of a position in a region. */
export function cacheSlot(region: CacheRegion, position: number): number {
  return (
    region.base +
    Math.floor(position / region.period) * region.periodStep +
    (position % region.period) * region.step
  );
}

export function cacheLayout(config: ModelConfig, layer: number): CacheLayout {
  const { contextLength, nHead, attention } = config;
  const { stride, summaryCells } = attention;
  const factors = new Set<Factor>();
  for (let head = 0; head < nHead; head++) {
    for (const factor of headFactors(attention, layer, head)) factors.add(factor);
  }
  const hasRecent = factors.has('local') || factors.has('ownBlock');
  const ring = hasRecent ? Math.min(stride, contextLength) : 0;
  const recent: CacheRegion = { base: 0, period: Math.max(1, ring), periodStep: 0, step: 1, keptFrom: 0 };

  const archived = (['dense', 'column', 'summary'] as const).filter((factor) => factors.has(factor));
  const blocks = Math.ceil(contextLength / stride);
  const kept = summaryCells * Math.max(1, Math.min(nHead, Math.floor(stride / summaryCells)));
  let archive: CacheRegion = { base: ring, period: 1, periodStep: 1, step: 0, keptFrom: 0 };
  let archiveSlots = archived.length > 0 ? contextLength : 0;
  if (archived.join() === 'column') {
    archive = { base: ring, period: stride, periodStep: 1, step: blocks, keptFrom: 0 };
    archiveSlots = stride * blocks;
  } else if (archived.join() === 'summary') {
    const keptFrom = stride - kept;
    archive = { base: ring - keptFrom, period: stride, periodStep: kept, step: 1, keptFrom };
    archiveSlots = blocks * kept;
  }
  return {
    regions: [...(hasRecent ? [recent] : []), ...(archiveSlots > 0 ? [archive] : [])],
    slots: ring + archiveSlots,
    regionOf: (factor) => (factor === 'local' || factor === 'ownBlock' ? recent : archive),
  };
}
