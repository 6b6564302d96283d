// A row of attention weights as it lies on the bytes that were read: key k of a row stands for byte k - 1, and key 0 for
// the start vector, before the first byte.

import type { AttentionRow } from '../../model/attention.ts';
import type { Factor } from '../../patterns/index.ts';

/** One byte that a position may look at. */
export interface SeenByte {
  readonly factor: Factor;
  /** From 0 to 1. */
  readonly weight: number;
}

export interface SeenBytes {
  /** By index of the byte; what is not there may not be looked at. */
  readonly bytes: ReadonlyMap<number, SeenByte>;
  /** The start vector, where it may be looked at. */
  readonly start: SeenByte | null;
  /** The largest weight: full brightness. */
  readonly highest: number;
}

const nothing: SeenBytes = { bytes: new Map(), start: null, highest: 0 };

/**
 * Where a row's weights lie, when its window begins at byte `first`; a byte seen through two factors has the sum, in the
 * colour of the larger share.
 */
export function seenBytes(row: AttentionRow | null, first = 0): SeenBytes {
  if (!row) return nothing;
  const all = new Map<number, SeenByte & { share: number }>();
  for (const { factor, keys, weights } of row.segments) {
    for (const [index, key] of keys.entries()) {
      const weight = weights[index] ?? 0;
      const before = all.get(key);
      const leads = !before || weight > before.share;
      all.set(key, {
        factor: leads ? factor : before.factor,
        weight: weight + (before?.weight ?? 0),
        share: leads ? weight : before.share,
      });
    }
  }
  const bytes = new Map<number, SeenByte>();
  let highest = 0;
  for (const [key, { factor, weight }] of all) {
    if (key > 0) bytes.set(first + key - 1, { factor, weight });
    highest = Math.max(highest, weight);
  }
  return { bytes, start: all.get(0) ?? null, highest };
}

export interface SeenPixel {
  readonly factor: Factor;
  /** Of its bytes together, in the colour of the heaviest. */
  readonly weight: number;
}

/** What is seen of a picture whose first byte is `first`: its pixels, counted from 0, and the largest weight of one. */
export function seenPixels(
  { bytes }: SeenBytes,
  { width, height, channels }: { readonly width: number; readonly height: number; readonly channels: number },
  first: number,
): { readonly pixels: ReadonlyMap<number, SeenPixel>; readonly highest: number } {
  const pixels = new Map<number, SeenPixel & { share: number }>();
  let highest = 0;
  for (const [byte, { factor, weight }] of bytes) {
    const pixel = Math.floor((byte - first) / channels);
    if (pixel < 0 || pixel >= width * height) continue;
    const before = pixels.get(pixel);
    const leads = !before || weight > before.share;
    const sum = weight + (before?.weight ?? 0);
    pixels.set(pixel, {
      factor: leads ? factor : before.factor,
      weight: sum,
      share: leads ? weight : before.share,
    });
    highest = Math.max(highest, sum);
  }
  return { pixels, highest };
}

/** Of the bytes [from, to), the one that is looked at most: its factor, and its share of the largest weight. */
export function heaviest(
  from: number,
  to: number,
  { bytes, highest }: SeenBytes,
): { readonly factor: Factor | null; readonly share: number } {
  let most: SeenByte | undefined;
  for (let at = from; at < to; at++) {
    const one = bytes.get(at);
    if (one && !(most && most.weight >= one.weight)) most = one;
  }
  return { factor: most?.factor ?? null, share: most && highest > 0 ? most.weight / highest : 0 };
}

export interface TopKey extends SeenByte {
  /** The row's key: 0 is the start vector, k is byte k - 1. */
  readonly key: number;
}

/** The keys that a row looks at most, the heaviest first; of equals, the later. */
export function topKeys(row: AttentionRow, count: number): TopKey[] {
  const { bytes, start } = seenBytes(row);
  const keys = [...bytes].map(([byte, seen]) => ({
    key: byte + 1,
    factor: seen.factor,
    weight: seen.weight,
  }));
  if (start) keys.push({ key: 0, factor: start.factor, weight: start.weight });
  return keys.sort((a, b) => b.weight - a.weight || b.key - a.key).slice(0, count);
}

/** How bright a weight is drawn, from 0 to 1: its root, so that small ones are seen beside large ones. */
export function brightness(weight: number, highest: number): number {
  return highest > 0 ? Math.sqrt(Math.min(1, weight / highest)) : 0;
}

/** Where the shown part of a long text begins: where it did before, as long as the byte that looks is in it. */
export function shownFrom(before: number, query: number, length: number, shown: number): number {
  const last = Math.max(0, length - shown);
  const inside = before <= last && query >= before && (query < before + shown || before === last);
  return inside ? before : Math.max(0, Math.min(query - (shown >> 1), last));
}
