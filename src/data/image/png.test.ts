// PNG: every kind against files made by hand, round trips, and files that promise too much or hold too little.

import fc from 'fast-check';
import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../bytes.ts';
import { readPng, readPngHeader } from './png-read.ts';
import { pngFile, writePng } from './png-write.ts';
import { sheetOf } from './sheet.ts';
import { makePng, PNG_KINDS, withOrientation } from './testing.ts';

const size = fc.integer({ min: 1, max: 20 });

describe('readPng', () => {
  it.each(PNG_KINDS)(
    'reads colour type %i of %i bits, interlaced or not, with transparency or without',
    (colour, depth) => {
      fc.assert(
        fc.property(
          size,
          size,
          fc.boolean(),
          fc.boolean(),
          fc.nat(),
          (width, height, interlaced, keyed, seed) => {
            const kind = { width, height, depth, colour, interlaced, keyed: keyed && colour < 4, seed };
            const { file, pixels } = makePng(kind);
            expect(readPng(file)).toEqual(pixels);
            expect(readPngHeader(file)).toEqual({ width, height, depth, colour, interlaced });
          },
        ),
        { numRuns: 30 },
      );
    },
  );

  it('turns a picture as its Exif data says', () => {
    // a b c
    // d e f
    const letters = (text: string) => new TextEncoder().encode(text);
    const file = writePng({ width: 3, height: 2, channels: 1, data: letters('abcdef') });
    const seen = ['abc|def', 'cba|fed', 'fed|cba', 'def|abc', 'ad|be|cf', 'da|eb|fc', 'fc|eb|da', 'cf|be|ad'];
    for (const [index, rows] of seen.entries()) {
      for (const isLittle of [true, false]) {
        const { width, height, data } = readPng(withOrientation(file, index + 1, isLittle));
        expect([width, height]).toEqual([rows.indexOf('|'), rows.split('|').length]);
        expect(new TextDecoder().decode(data)).toBe(rows.replaceAll('|', ''));
      }
    }
  });

  it('takes Exif data that it cannot read for none', () => {
    const { file, pixels } = makePng({ width: 3, height: 2, depth: 8, colour: 2 });
    for (const orientation of [0, 9, 0xffff])
      expect(readPng(withOrientation(file, orientation))).toEqual(pixels);
    const whole = withOrientation(file, 6);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (exif) => {
        const chunk = pngFile([['eXIf', exif]]).subarray(8);
        const odd = Uint8Array.of(...file.subarray(0, 33), ...chunk, ...file.subarray(33));
        expect(readPng(odd).data.length).toBe(pixels.data.length);
      }),
    );
    // Cut anywhere within its Exif block.
    for (let length = 0; length < 26; length++) {
      const chunk = pngFile([['eXIf', whole.subarray(41, 41 + length)]]).subarray(8);
      const cut = Uint8Array.of(...file.subarray(0, 33), ...chunk, ...file.subarray(33));
      expect(readPng(cut).data.length).toBe(pixels.data.length);
    }
  });

  it('rounds 16 bits to 8', () => {
    const { pixels } = makePng({ width: 9, height: 9, depth: 16, colour: 0 });
    expect(new Set(pixels.data)).toEqual(new Set([0, 85, 170, 255]));
  });

  it('refuses a picture too large to hold, and one that its file cannot hold, by the header alone', () => {
    const header = (width: number, height: number) => {
      const bytes = new Uint8Array(13);
      viewOf(bytes).setUint32(0, width);
      viewOf(bytes).setUint32(4, height);
      bytes.set([8, 6], 8);
      return bytes;
    };
    const fileOf = (width: number, height: number, data: Uint8Array) =>
      pngFile([
        ['IHDR', header(width, height)],
        ['IDAT', data],
        ['IEND', new Uint8Array()],
      ]);
    const bomb = fileOf(20_000, 20_000, zlibSync(new Uint8Array(48e6), { level: 9 }));
    expect(bomb.length).toBeLessThan(50_000);
    expect(() => readPng(bomb)).toThrow('20,000 x 20,000 pixels; at most 40 million are read');
    expect(() => readPng(fileOf(6000, 6000, new Uint8Array(900)))).toThrow('holds too little for its size');
    expect(() => readPng(fileOf(0, 5, new Uint8Array(9)))).toThrow('no pixels');
    const long = fileOf(2, 2, zlibSync(new Uint8Array(3e7)));
    expect(readPng(long).data).toEqual(new Uint8Array(16));
  });

  it('refuses what is cut or changed', () => {
    const { file } = makePng({ width: 12, height: 9, depth: 8, colour: 2 });
    for (let end = 0; end < file.length - 12; end++) expect(() => readPng(file.subarray(0, end))).toThrow();
    for (const at of [20, 25, 30, file.length - 30]) {
      const changed = file.slice();
      changed[at]! ^= 4;
      expect(() => readPng(changed)).toThrow(/damaged|does not know/);
    }
    expect(() => readPng(makePng({ width: 3, height: 3, depth: 8, colour: 0, filter: 7 }).file)).toThrow(
      'no known filter',
    );
  });
});

describe('writePng', () => {
  it('is read back to the same pixels', () => {
    fc.assert(
      fc.property(size, size, fc.constantFrom(1, 2, 3, 4), fc.nat(), (width, height, channels, seed) => {
        const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * seed) >> 3);
        const pixels = { width, height, channels, data };
        expect(readPng(writePng(pixels))).toEqual(pixels);
      }),
    );
  });

  it('packs a slope well, since it filters', () => {
    const data = Uint8Array.from({ length: 64 * 64 }, (_, i) => (3 * (i % 64) + 2 * (i >> 6)) & 255);
    expect(writePng({ width: 64, height: 64, channels: 1, data }).length).toBeLessThan(300);
  });
});

it('sheetOf sets pictures side by side', () => {
  const picture = (value: number) => new Uint8Array(2 * 1 * 3).fill(value);
  const { width, height, channels, data } = sheetOf([picture(1), picture(2), picture(3)], {
    height: 2,
    width: 1,
    channels: 3,
  });
  expect({ width, height, channels }).toEqual({ width: 4, height: 6, channels: 3 });
  const firstChannel = Array.from({ length: 24 }, (_, i) => data[3 * i]);
  const w = 255;
  expect(firstChannel).toEqual([1, w, w, 2, 1, w, w, 2, w, w, w, w, w, w, w, w, 3, w, w, w, 3, w, w, w]);
});
