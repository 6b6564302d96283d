// Bits of single bytes: all of them, in order, and each as the windows of training would have it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BigramEngine, testConfig } from '../model/testing.ts';
import { surprise } from './surprise.ts';

/** An engine whose loss of a byte is its place in the window, in bits. */
const placing = (contextLength: number) => ({
  config: { ...testConfig, contextLength },
  shape: { microBatch: 2, accumulation: 1, recompute: true },
  losses: async (tokens: Uint8Array) => Float32Array.from(tokens, (_, i) => (i % contextLength) * Math.LN2),
});

describe('surprise', () => {
  it('measures every byte once, with half a context before it where there is one', async () => {
    const sizes = fc.record({ size: fc.nat(300), contextLength: fc.integer({ min: 2, max: 40 }) });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ size, contextLength }) => {
        const bits = await surprise(placing(contextLength), new Uint8Array(size), { itemBytes: 1 });
        expect(bits?.length).toBe(size);
        const context = Math.floor(contextLength / 2);
        bits?.forEach((places, i) => {
          expect(Math.round(places)).toBeGreaterThanOrEqual(Math.min(i, context));
        });
      }),
    );
  });

  it('begins windows with items, and measures one that is not whole', async () => {
    const bits = await surprise(placing(13), new Uint8Array(22), { itemBytes: 6 });
    const places = Array.from(bits ?? [], Math.round);
    expect(places).toEqual([...Array(12).keys(), ...Array(10).keys()]);
  });

  it('falls back to sliding where an item does not fit the context', async () => {
    const bits = await surprise(placing(8), new Uint8Array(20), { itemBytes: 20 });
    expect(bits?.length).toBe(20);
  });

  it('gives up when told, and says how far it is', async () => {
    const engine = new BigramEngine();
    const shares: number[] = [];
    const bytes = new Uint8Array(80_000);
    const onProgress = (share: number) => shares.push(share);
    await surprise(placing(32), bytes, { itemBytes: 1, onProgress });
    expect(shares.length).toBeGreaterThan(1);
    expect(shares.at(-1)).toBe(1);
    expect(await surprise(engine, new Uint8Array(4), { itemBytes: 1, until: () => true })).toBeUndefined();
  });
});
