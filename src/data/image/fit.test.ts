// Pictures made to fit: against a plain mean over fine points, and by cases that anyone can check.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash4 } from '../../lib/random.ts';
import { fitImage } from './fit.ts';
import type { Pixels } from './pixels.ts';

const side = fc.integer({ min: 1, max: 12 });

function randomPixels(width: number, height: number, channels: Pixels['channels'], seed: number): Pixels {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => hash4(seed, i, 0, 0) & 255);
  return { width, height, channels, data };
}

/** The mean over `fine` x `fine` points of each new pixel, a colour of the source over white at each. */
function plainly({ width, height, channels, data }: Pixels, toHeight: number, toWidth: number, fine: number) {
  const scale = Math.min(width / toWidth, height / toHeight);
  const [left, top] = [(width - toWidth * scale) / 2, (height - toHeight * scale) / 2];
  const colours = channels < 3 ? 1 : 3;
  return Array.from({ length: toHeight * toWidth * 3 }, (_, at) => {
    const [x, y, c] = [Math.floor(at / 3) % toWidth, Math.floor(at / 3 / toWidth), at % 3];
    let sum = 0;
    for (let point = 0; point < fine * fine; point++) {
      const px = Math.floor(left + scale * (x + ((point % fine) + 0.5) / fine));
      const py = Math.floor(top + scale * (y + (Math.floor(point / fine) + 0.5) / fine));
      const from = (py * width + px) * channels;
      const alpha = channels % 2 === 0 ? data[from + channels - 1]! / 255 : 1;
      sum += 255 + alpha * (data[from + (colours === 1 ? 0 : c)]! - 255);
    }
    return sum / fine ** 2;
  });
}

describe('fitImage', () => {
  it('takes the mean of what each pixel covers', () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.constantFrom(1, 2, 3, 4),
        fc.nat(),
        (w, h, width, height, channels, seed) => {
          const pixels = randomPixels(w, h, channels, seed);
          const fitted = fitImage(pixels, { height, width, channels: 3 });
          const wanted = plainly(pixels, height, width, 60);
          for (const [i, byte] of fitted.entries()) expect(Math.abs(byte - wanted[i]!)).toBeLessThan(9);
          const error =
            wanted.reduce((sum, value, i) => sum + Math.abs(value - fitted[i]!), 0) / wanted.length;
          expect(error).toBeLessThan(3);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves what fits as it is, and halves exactly', () => {
    const pixels = randomPixels(6, 4, 3, 1);
    expect(fitImage(pixels, { height: 4, width: 6, channels: 3 })).toEqual(pixels.data);
    const quarter = { width: 2, height: 2, channels: 1, data: Uint8Array.of(10, 20, 30, 41) } as const;
    expect([...fitImage(quarter, { height: 1, width: 1, channels: 1 })]).toEqual([25]);
  });

  it('cuts out the middle', () => {
    const wide = {
      width: 6,
      height: 2,
      channels: 1,
      data: Uint8Array.of(9, 9, 1, 2, 9, 9, 9, 9, 3, 4, 9, 9),
    } as const;
    expect([...fitImage(wide, { height: 2, width: 2, channels: 1 })]).toEqual([1, 2, 3, 4]);
  });

  it('makes grey by luma, colours of grey, and white of what is transparent', () => {
    const of = (channels: Pixels['channels'], ...data: number[]): Pixels => ({
      width: 1,
      height: 1,
      channels,
      data: Uint8Array.from(data),
    });
    const grey = { height: 1, width: 1, channels: 1 } as const;
    expect(
      ['255,0,0', '0,255,0', '0,0,255'].map((rgb) => fitImage(of(3, ...rgb.split(',').map(Number)), grey)[0]),
    ).toEqual([54, 182, 18]);
    expect([...fitImage(of(1, 77), { ...grey, channels: 3 })]).toEqual([77, 77, 77]);
    expect([...fitImage(of(4, 0, 0, 0, 0), { ...grey, channels: 3 })]).toEqual([255, 255, 255]);
    expect([...fitImage(of(2, 0, 51), grey)]).toEqual([204]);
  });

  it('shrinks a large picture soon', () => {
    const large = { width: 6000, height: 4000, channels: 3, data: new Uint8Array(72e6).fill(100) } as const;
    expect(new Set(fitImage(large, { height: 32, width: 32, channels: 3 }))).toEqual(new Set([100]));
  });
});
