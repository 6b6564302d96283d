// Bytes by their places in a medium, and the keys that lead from one to another.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TEXT } from '../../data/medium.ts';
import { keyWords, lookWords, movedBy, pixelOf, placeWords } from './places.ts';

const image = { kind: 'image', width: 4, height: 3, channels: 3 } as const;
const grey = { ...image, channels: 1 } as const;
const audio = { kind: 'audio', rateHz: 4000 } as const;

test('a byte is a byte, a colour of a pixel, or a sample at its time', () => {
  expect(placeWords(1233, TEXT)).toBe('byte 1,234');
  expect(placeWords(4 * 3 + 2 * 3 + 2, image)).toBe('row 2, column 3, blue');
  expect(placeWords(11, grey)).toBe('row 3, column 4');
  expect(placeWords(12, grey)).toBe('row 1, column 1');
  expect(placeWords(6, audio)).toBe('sample 7, 1.5 ms');
  expect(keyWords(0, audio)).toBe('the start');
  expect(keyWords(1, grey)).toBe('row 1, column 1');
});

test('a position says what it looks at most, once that is known of it', () => {
  const keys = Uint32Array.of(0, 3);
  const row = {
    ...{ layer: 0, head: 0, query: 5 },
    segments: [{ factor: 'local', keys, weights: Float32Array.of(0.25, 0.75) }],
  } as const;
  expect(lookWords(5, row, grey)).toBe('row 2, column 2, which looks most at row 1, column 3, 75 per cent');
  expect(lookWords(6, row, grey)).toBe('row 2, column 3');
  expect(lookWords(5, { ...row, segments: [] }, TEXT)).toBe('byte 6, which looks at nothing');
});

test('arrows go from pixel to pixel in one colour, and stop at the border', () => {
  const at = (row: number, column: number) => (row * 4 + column) * 3 + 1;
  const from = at(1, 2);
  expect(movedBy('ArrowRight', from, 36, image)).toBe(at(1, 3));
  expect(movedBy('ArrowLeft', from, 36, image)).toBe(at(1, 1));
  expect(movedBy('ArrowUp', from, 36, image)).toBe(at(0, 2));
  expect(movedBy('ArrowDown', from, 36, image)).toBe(at(2, 2));
  expect(movedBy('ArrowUp', at(0, 2), 36, image)).toBe(at(0, 2));
  expect(movedBy('Home', from, 36, image)).toBe(0);
  expect(movedBy('End', from, 36, image)).toBe(35);
  expect(movedBy('Tab', from, 36, image)).toBeNull();
});

test('on a line, arrows go to the neighbour, pages a tenth, and neither leaves it', () => {
  expect(movedBy('ArrowRight', 5, 200, audio)).toBe(6);
  expect(movedBy('ArrowDown', 5, 200, audio)).toBe(4);
  expect(movedBy('PageUp', 5, 200, audio)).toBe(25);
  expect(movedBy('PageDown', 5, 200, audio)).toBe(0);
  const given = fc.record({
    length: fc.integer({ min: 1, max: 300 }),
    at: fc.nat(),
    medium: fc.constantFrom(image, audio),
  });
  const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'];
  fc.assert(
    fc.property(given, fc.constantFrom(...keys), ({ length, at, medium }, key) => {
      const to = movedBy(key, at % length, length, medium);
      expect(to).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThan(length);
    }),
  );
});

test('a pixel is found from each of its bytes', () => {
  expect([0, 1, 2, 3].map((index) => pixelOf(index, image).column)).toEqual([0, 0, 0, 1]);
  expect(pixelOf(35, image)).toEqual({ row: 2, column: 3, channel: 2 });
});
