// The key/value cache of a layer, laid out for its pattern so that a new position reads O(stride + n / stride)
// rows and local layers hold only what they can still see. A cache has up to three regions:
//   recent   a ring of rows, as far back as local, own-block, previous-block and dilated segments see;
//   archive  rows that stay: all of them for dense and column segments (column by column, so that a column is one
//            run of memory), or only the summary cells of each block;
//   first    the sinks at the start of the sequence, where the archive does not hold them anyway.

import { type Factor, USUAL_DILATION } from '../patterns/index.ts';
import { type Attending, type AttentionConfig, headFactors } from './config.ts';

/** slot(p) = base + floor(p / period) * periodStep + (p % period) * step, for positions with keptFrom <= p % period < keptTo. */
export interface CacheRegion {
  readonly base: number;
  readonly period: number;
  readonly periodStep: number;
  readonly step: number;
  readonly keptFrom: number;
  readonly keptTo: number;
}

export interface CacheLayout {
  readonly regions: readonly CacheRegion[];
  /** Rows in all. */
  readonly slots: number;
  /** The region that a factor reads. */
  regionOf(factor: Factor): CacheRegion;
}

/** Whether a region holds a row for a position. */
export function keeps(region: CacheRegion, position: number): boolean {
  const place = position % region.period;
  return region.keptFrom <= place && place < region.keptTo;
}

/** Slot of a position in a region. */
export function cacheSlot(region: CacheRegion, position: number): number {
  return (
    region.base +
    Math.floor(position / region.period) * region.periodStep +
    (position % region.period) * region.step
  );
}

export function cacheLayout(config: Attending, layer: number): CacheLayout {
  const { contextLength, nHead, attention } = config;
  const factors = new Set<Factor>();
  for (let head = 0; head < nHead; head++) {
    for (const factor of headFactors(attention, layer, head)) factors.add(factor);
  }
  const ring = Math.min(contextLength, Math.max(0, ...[...factors].map((factor) => span(factor, attention))));
  const recent: CacheRegion = { ...everyRow(0), period: Math.max(1, ring), keptTo: Math.max(1, ring) };
  const { region: archive, slots: archiveSlots, complete } = archiveOf(config, factors, ring);
  const regions = [...(ring > 0 ? [recent] : []), ...(archiveSlots > 0 ? [archive] : [])];
  // An archive of everything holds the sinks too.
  const apart = factors.has('sink') && !complete;
  const sinks = apart ? Math.min(attention.summaryCells, contextLength) : 0;
  const first: CacheRegion = {
    ...everyRow(ring + archiveSlots),
    period: contextLength,
    keptTo: Math.min(attention.summaryCells, contextLength),
  };
  if (apart) regions.push(first);
  return {
    regions,
    slots: ring + archiveSlots + sinks,
    regionOf: (factor) => {
      if (span(factor, attention) > 0) return recent;
      return factor === 'sink' && apart ? first : archive;
    },
  };
}

/** How many positions back from the newest, itself included, a factor with a left edge sees; 0 for the others. */
function span(factor: Factor, { stride, dilation = USUAL_DILATION }: AttentionConfig): number {
  switch (factor) {
    case 'local':
    case 'ownBlock':
      return stride;
    case 'previousBlock':
      return 2 * stride;
    case 'dilated':
      return (stride - 1) * dilation + 1;
    default:
      return 0;
  }
}

/** A region of one row after another from slot `base`, without end. */
function everyRow(base: number): CacheRegion {
  return { base, period: 2 ** 30, periodStep: 0, step: 1, keptFrom: 0, keptTo: 2 ** 30 };
}

/** The region of the factors that see back to the start, from slot `base`, its slots, and whether it keeps every row. */
function archiveOf(
  { contextLength, nHead, attention: { stride, summaryCells } }: Attending,
  factors: ReadonlySet<Factor>,
  base: number,
): { readonly region: CacheRegion; readonly slots: number; readonly complete: boolean } {
  const archived = (['dense', 'column', 'summary'] as const).filter((factor) => factors.has(factor));
  const blocks = Math.ceil(contextLength / stride);
  const kept = summaryCells * Math.max(1, Math.min(nHead, Math.floor(stride / summaryCells)));
  const whole = everyRow(base);
  if (archived.length === 0) return { region: whole, slots: 0, complete: false };
  if (archived.join() === 'column') {
    const region = { ...whole, period: stride, periodStep: 1, step: blocks, keptTo: stride };
    // A stride beyond the context is one block, of which there is no more than the context.
    return { region, slots: Math.min(stride, contextLength) * blocks, complete: true };
  }
  if (archived.join() === 'summary') {
    const keptFrom = stride - kept;
    const region = {
      ...whole,
      base: base - keptFrom,
      period: stride,
      periodStep: kept,
      keptFrom,
      keptTo: stride,
    };
    return { region, slots: blocks * kept, complete: false };
  }
  return { region: whole, slots: contextLength, complete: true };
}
