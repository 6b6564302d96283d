// Previews, the split, the windows and the yardsticks.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTrainable, PARTS, smallestTrainable, splitParts } from './split.ts';
import { previewText } from './text.ts';
import { epochWindows, WindowReader } from './windows.ts';
import { entropyBitsPerByte, gzipBitsPerByte } from './yardsticks.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('text', () => {
  it('previews text without cutting characters', () => {
    expect(previewText(bytesOf('grün'), 3)).toBe('gr');
    expect(previewText(bytesOf('grün'))).toBe('grün');
  });
});

describe('splitParts', () => {
  it('joins to the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const parts = splitParts(bytes);
        expect(PARTS.flatMap((part) => [...parts[part]])).toEqual([...bytes]);
        expect(parts.train.length).toBe(Math.floor(bytes.length * 0.9 + 1e-9));
      }),
    );
  });

  it('cuts between pictures', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 60 }), (itemBytes, items) => {
        const parts = splitParts(new Uint8Array(itemBytes * items), itemBytes);
        const counts = PARTS.map((part) => parts[part].length / itemBytes);
        expect(counts).toEqual(PARTS.map((part) => splitParts(new Uint8Array(items))[part].length));
      }),
    );
  });

  it('knows the fewest pictures that can train', () => {
    for (const itemBytes of [4, 784, 3072]) {
      const { train, val } = splitParts(new Uint8Array(smallestTrainable(itemBytes, itemBytes)), itemBytes);
      expect(train.length >= itemBytes && val.length >= itemBytes).toBe(true);
    }
    expect(() => checkTrainable(19 * 784, 784, 784)).toThrow(
      'There are 19 pictures; training needs at least 20',
    );
    expect(() => checkTrainable(20 * 784, 784, 784)).not.toThrow();
  });

  it('knows the smallest file that can train', () => {
    for (let contextLength = 1; contextLength < 300; contextLength++) {
      const fits = (size: number) => {
        const { train, val } = splitParts(new Uint8Array(size));
        return train.length >= contextLength && val.length > 0;
      };
      const smallest = smallestTrainable(contextLength);
      expect(fits(smallest)).toBe(true);
      if (smallest > 20) expect(fits(smallest - 1)).toBe(false);
    }
    expect(() => checkTrainable(100, 128)).toThrow(
      '100 bytes; training with a context of 128 needs at least 143',
    );
    expect(() => checkTrainable(143, 128)).not.toThrow();
  });
});

describe('windows', () => {
  const shape = fc
    .record({ contextLength: fc.integer({ min: 1, max: 40 }), extra: fc.integer({ min: 0, max: 900 }) })
    .map(({ contextLength, extra }) => ({ contextLength, sizeBytes: contextLength + extra }));

  it('are disjoint, inside the file, and as many as fit behind the phase', () => {
    fc.assert(
      fc.property(shape, fc.integer(), fc.nat(50), ({ contextLength, sizeBytes }, seed, epoch) => {
        const starts = epochWindows(seed, epoch, sizeBytes, contextLength);
        const sorted = starts.slice().sort();
        const phase = sorted[0]!;
        expect(phase).toBeLessThan(contextLength);
        expect([...sorted]).toEqual(
          Array.from(
            { length: Math.floor((sizeBytes - phase) / contextLength) },
            (_, i) => phase + i * contextLength,
          ),
        );
        expect(epochWindows(seed, epoch, sizeBytes, contextLength)).toEqual(starts);
      }),
    );
  });

  it('of pictures are whole pictures, each once an epoch', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(50),
        (itemBytes, items, epoch) => {
          const starts = epochWindows(3, epoch, itemBytes * items, itemBytes, itemBytes);
          const wanted = Array.from({ length: items }, (_, i) => i * itemBytes);
          expect([...starts].sort((a, b) => a - b)).toEqual(wanted);
        },
      ),
    );
    expect(() => new WindowReader(new Uint8Array(100), 10, 1, 4)).toThrow('would cut items');
  });

  it('of text are in the order of older runs', () => {
    expect([...epochWindows(7, 2, 100, 16)]).toEqual([1, 17, 81, 49, 65, 33]);
  });

  it('change their phase and order with the epoch and the seed', () => {
    const phases = Array.from({ length: 200 }, (_, epoch) => Math.min(...epochWindows(1, epoch, 1000, 16)));
    expect(new Set(phases).size).toBe(16);
    expect(epochWindows(1, 0, 1000, 16)).not.toEqual(epochWindows(2, 0, 1000, 16));
  });

  it('read the same from a saved cursor as without stopping', () => {
    fc.assert(
      fc.property(
        shape,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }),
        ({ contextLength, sizeBytes }, counts) => {
          const bytes = Uint8Array.from({ length: sizeBytes }, (_, i) => (i * 7 + (i >> 5)) & 255);
          const total = counts.reduce((sum, count) => sum + count, 0);
          const whole = new WindowReader(bytes, contextLength, 3).read({ epoch: 0, index: 0 }, total);
          let cursor = { epoch: 0, index: 0 };
          const pieces = counts.flatMap((count) => {
            const { tokens, next } = new WindowReader(bytes, contextLength, 3).read(cursor, count);
            cursor = next;
            return [...tokens];
          });
          expect(pieces).toEqual([...whole.tokens]);
          expect(cursor).toEqual(whole.next);
        },
      ),
    );
  });
});

describe('yardsticks', () => {
  it('know the entropy of simple files', () => {
    expect(entropyBitsPerByte(Uint8Array.from({ length: 2560 }, (_, i) => i & 255))).toBeCloseTo(8, 12);
    expect(entropyBitsPerByte(bytesOf('abababab'))).toBeCloseTo(1, 12);
    expect(entropyBitsPerByte(bytesOf('aaaa'))).toBe(0);
  });

  it('gzip sees repetition, and adds only its header to noise', () => {
    expect(gzipBitsPerByte(bytesOf('to be or not to be, '.repeat(500)))).toBeLessThan(0.2);
    expect(gzipBitsPerByte(bytesOf('to be or not to be, '))).toBeNull();
    const noise = Uint8Array.from({ length: 10000 }, (_, i) => Math.floor(Math.abs(Math.sin(i) * 1e6)) & 255);
    expect(gzipBitsPerByte(noise)).toBeGreaterThan(7.5);
    expect(gzipBitsPerByte(noise)).toBeLessThan(8.2);
  });
});
