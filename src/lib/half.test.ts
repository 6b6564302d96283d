// float16, against its definition.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromHalf, toHalf } from './half.ts';

it('reads back every float16', () => {
  for (let bits = 0; bits < 2 ** 16; bits++) {
    const value = fromHalf(bits);
    if (!Number.isNaN(value)) expect(toHalf(value)).toBe(bits);
  }
  expect(fromHalf(toHalf(Number.NaN))).toBeNaN();
});

it('rounds to the nearest, and to even between two', () => {
  fc.assert(
    fc.property(fc.float({ min: -65_519, max: 65_519, noNaN: true }), (value) => {
      const bits = toHalf(value);
      const error = Math.abs(fromHalf(bits) - value);
      for (const other of [bits - 1, bits + 1]) {
        const distance = Math.abs(fromHalf(other & 0xffff) - value);
        if (Number.isFinite(distance)) expect(error).toBeLessThanOrEqual(distance);
        if (distance === error) expect(bits % 2).toBe(0);
      }
    }),
  );
});

it('knows its ends', () => {
  expect([65504, 65519, 65520, -1e9, 2 ** -24, 2 ** -25, 3 * 2 ** -25].map(toHalf)).toEqual([
    0x7bff, 0x7bff, 0x7c00, 0xfc00, 1, 0, 2,
  ]);
});
