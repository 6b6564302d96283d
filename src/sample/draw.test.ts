import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawByte, drawUniform } from './draw.ts';

const all = { temperature: 1, topK: 0, topP: 1 };
/** Logits whose softmax is 0.1, 0.4, 0.2, 0.3: in order, bytes 1, 3, 2, 0. */
const logits = [0.1, 0.4, 0.2, 0.3].map(Math.log);

describe('drawByte', () => {
  test('walks the bytes in order of descending probability', () => {
    const drawn = [0.01, 0.39, 0.41, 0.69, 0.71, 0.89, 0.91, 0.999].map((u) => drawByte(logits, all, u));
    expect(drawn).toEqual([1, 1, 3, 3, 2, 2, 0, 0]);
  });

  test('topK keeps the likeliest and renormalises', () => {
    const settings = { ...all, topK: 2 };
    expect([0.56, 0.58].map((u) => drawByte(logits, settings, u))).toEqual([1, 3]);
    expect(drawByte(logits, { ...all, topK: 1 }, 0.99)).toBe(1);
    expect(drawByte(logits, { ...all, topK: 99 }, 0.95)).toBe(0);
  });

  test('topP keeps the smallest set that reaches it, after topK', () => {
    expect(drawByte(logits, { ...all, topP: 0.39 }, 0.99)).toBe(1);
    expect(drawByte(logits, { ...all, topP: 0.6 }, 0.99)).toBe(3);
    expect(drawByte(logits, { ...all, topP: 0.75 }, 0.99)).toBe(2);
    // Of the three likeliest, 4/9 + 3/9 reaches 0.75, which 0.4 + 0.3 would not.
    expect(drawByte(logits, { ...all, topK: 3, topP: 0.75 }, 0.99)).toBe(3);
    expect(drawByte(logits, { ...all, topP: 0 }, 0.99)).toBe(1);
  });

  test('temperature 0 takes the likeliest, the lower byte of equals', () => {
    expect(drawByte([1, 3, 3, 2], { ...all, temperature: 0 }, 0.99)).toBe(1);
    expect(drawByte([2, 2], all, 0.49)).toBe(0);
  });

  test('temperature sharpens and flattens', () => {
    // At 1/2 the probabilities square: 16, 9, 4, 1 of 30.
    expect([0.53, 0.54].map((u) => drawByte(logits, { ...all, temperature: 0.5 }, u))).toEqual([1, 3]);
    expect(drawByte(logits, { ...all, temperature: 1e9 }, 0.26)).toBe(3);
  });

  test('is always a byte of the kept set, whatever the numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 256 }),
        fc.record({
          temperature: fc.double({ min: 0, max: 10, noNaN: true }),
          topK: fc.nat(300),
          topP: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, settings, u) => {
          const drawn = drawByte(values, settings, u);
          const better = values.filter((value) => value > values[drawn]!).length;
          expect(better).toBeLessThan(settings.topK || values.length);
        },
      ),
    );
  });

  test('draws each byte as often as its probability says', () => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) counts[drawByte(logits, all, drawUniform(1, 0, i))]!++;
    for (const [i, share] of [0.1, 0.4, 0.2, 0.3].entries())
      expect(counts[i]! / 20_000).toBeCloseTo(share, 1);
  });
});
