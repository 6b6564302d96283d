// The key/value cache, written and read in place of the GPU: a position finds every key that it may see where that
// key was written, for all patterns, mixtures of heads and sizes.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gatherKeys } from '../patterns/index.ts';
import { UNIONS } from '../patterns/testing.ts';
import { type CacheLayout, cacheLayout, cacheSlot, keeps } from './cache.ts';
import { headGroups, type ModelConfig } from './config.ts';
import { testConfig } from './testing/configs.ts';

/** One layer whose heads take arbitrary unions of factors in turn. */
const layers = fc
  .record({
    contextLength: fc.integer({ min: 2, max: 70 }),
    stride: fc.integer({ min: 1, max: 80 }),
    nHead: fc.integer({ min: 1, max: 6 }),
    heads: fc.array(fc.constantFrom(...UNIONS), { minLength: 1, maxLength: 4 }),
    cells: fc.double({ min: 0, max: 1, noNaN: true }),
    dilation: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  })
  .map(({ contextLength, stride, nHead, heads, cells, dilation }): ModelConfig => {
    const summaryCells = 1 + Math.floor(cells * (stride - 1));
    return {
      ...testConfig,
      contextLength,
      nHead,
      attention: { stride, summaryCells, dilation, layers: [heads] },
    };
  });

function layerOf(heads: readonly ModelConfig['attention']['layers'][number][number][], stride = 8) {
  return {
    ...testConfig,
    contextLength: 64,
    attention: { stride, summaryCells: 2, layers: [heads] },
  };
}

/** The position that holds each slot once `position` has been written, as shaders/decode/epilogue/qkv.wgsl writes. */
function write(owners: Int32Array, { regions }: CacheLayout, position: number): void {
  for (const region of regions) {
    if (keeps(region, position)) owners[cacheSlot(region, position)] = position;
  }
}

test('every key that a position may see is in its slot, written by itself and not overwritten since', () => {
  fc.assert(
    fc.property(layers, (config) => {
      const layout = cacheLayout(config, 0);
      const owners = new Int32Array(layout.slots).fill(-1);
      const keys = new Int32Array(config.contextLength);
      for (let position = 0; position < config.contextLength; position++) {
        write(owners, layout, position);
        for (const { firstHead, nHead, segments } of headGroups(config, 0)) {
          for (let head = firstHead; head < firstHead + nHead; head++) {
            for (const segment of segments) {
              const region = layout.regionOf(segment.factor);
              const count = gatherKeys([segment], head, position, keys);
              const lost = keys.subarray(0, count).find((key) => owners[cacheSlot(region, key)] !== key);
              expect(lost, `a ${segment.factor} key of position ${position}`).toBeUndefined();
            }
          }
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('every slot that is written lies in the cache, and regions do not overlap', () => {
  fc.assert(
    fc.property(layers, (config) => {
      const layout = cacheLayout(config, 0);
      const used = layout.regions.map((region) => {
        const slots = new Set<number>();
        for (let position = 0; position < config.contextLength; position++) {
          if (keeps(region, position)) slots.add(cacheSlot(region, position));
        }
        return slots;
      });
      const all = used.flatMap((slots) => [...slots]);
      expect(new Set(all).size).toBe(all.length);
      expect(all.every((slot) => Number.isInteger(slot) && slot >= 0 && slot < layout.slots)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('a layer keeps no more rows than its pattern can still read', () => {
  // contextLength 64, stride 8, 2 heads with 2 summary cells each.
  const slots = (...heads: ModelConfig['attention']['layers'][number]) =>
    cacheLayout(layerOf(heads), 0).slots;
  expect(slots(['local'])).toBe(8);
  expect(slots(['ownBlock'])).toBe(8);
  expect(slots(['local'], ['ownBlock'])).toBe(8);
  expect(slots(['summary'])).toBe(8 * 4);
  expect(slots(['ownBlock', 'summary'])).toBe(8 + 8 * 4);
  expect(slots(['dense'])).toBe(64);
  expect(slots(['column'])).toBe(64);
  expect(slots(['local', 'column'])).toBe(8 + 64);
  expect(slots(['column'], ['summary'])).toBe(64);
  expect(slots(['previousBlock'])).toBe(16);
  expect(slots(['dilated'])).toBe(15);
  expect(slots(['sink'])).toBe(2);
  expect(slots(['local', 'sink'])).toBe(8 + 2);
  expect(slots(['local', 'sink'], ['ownBlock', 'summary'])).toBe(8 + 8 * 4 + 2);
  expect(slots(['sink'], ['column'])).toBe(64);
  expect(cacheLayout(layerOf([['local']], 100), 0).slots, 'a stride longer than the context').toBe(64);
});

test('a position reads at most stride + n / stride rows, or summary cells of as many blocks', () => {
  fc.assert(
    fc.property(layers, (config) => {
      const { contextLength, attention } = config;
      const { stride, summaryCells } = attention;
      const blocks = Math.ceil(contextLength / stride);
      const keys = new Int32Array(contextLength);
      for (const { firstHead, factors, segments } of headGroups(config, 0)) {
        if (factors.includes('dense')) continue;
        const rows = gatherKeys(segments, firstHead, contextLength - 1, keys);
        const archived = blocks * (factors.includes('summary') ? summaryCells : 1);
        const both = factors.includes('previousBlock') || factors.includes('dilated');
        const recent = both ? 2 * stride : stride;
        expect(rows).toBeLessThanOrEqual(recent + Math.max(archived, summaryCells));
      }
    }),
  );
});
