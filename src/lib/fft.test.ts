// The transform is what its formula says.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fft } from './fft.ts';

it('is the sum that defines it', () => {
  const numbers = fc.integer({ min: 0, max: 6 }).chain((log) => {
    const many = { minLength: 2 ** log, maxLength: 2 ** log };
    const one = fc.double({ min: -1, max: 1, noNaN: true });
    return fc.record({ real: fc.array(one, many), imaginary: fc.array(one, many) });
  });
  fc.assert(
    fc.property(numbers, ({ real, imaginary }) => {
      const n = real.length;
      const [r, i] = [Float64Array.from(real), Float64Array.from(imaginary)];
      fft(r, i);
      for (let k = 0; k < n; k++) {
        let [sumR, sumI] = [0, 0];
        for (let j = 0; j < n; j++) {
          const angle = (-2 * Math.PI * j * k) / n;
          sumR += real[j]! * Math.cos(angle) - imaginary[j]! * Math.sin(angle);
          sumI += real[j]! * Math.sin(angle) + imaginary[j]! * Math.cos(angle);
        }
        expect(r[k]).toBeCloseTo(sumR, 9);
        expect(i[k]).toBeCloseTo(sumI, 9);
      }
    }),
  );
});

it('refuses other lengths', () => {
  expect(() => fft(new Float64Array(3), new Float64Array(3))).toThrow(RangeError);
  expect(() => fft(new Float64Array(4), new Float64Array(2))).toThrow(RangeError);
});
