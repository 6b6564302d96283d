// Files that hold many pictures, and the headers of pictures that only a browser decodes.

import { describe, expect, it } from 'vitest';
import { mayBeCifar, readCifar } from './cifar.ts';
import { pictureFormat, pictureSize } from './headers.ts';
import { isIdx, readIdx, writeIdx } from './idx.ts';
import { readNpy } from './npy.ts';
import type { PictureSource } from './pixels.ts';
import { makeNpy } from './testing.ts';

const all = (source: PictureSource) => Array.from({ length: source.count }, (_, i) => [...source.at(i).data]);
const count = (length: number) => Uint8Array.from({ length }, (_, i) => i);

describe('IDX', () => {
  it('holds pictures in grey and in colour', () => {
    const grey = readIdx(writeIdx(count(12), { height: 2, width: 3, channels: 1 }));
    expect(grey).toMatchObject({ count: 2, height: 2, width: 3, channels: 1 });
    expect(all(grey)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11],
    ]);
    const colour = readIdx(writeIdx(count(12), { height: 1, width: 2, channels: 3 }));
    expect(colour).toMatchObject({ count: 2, height: 1, width: 2, channels: 3 });
    expect(all(colour)[1]).toEqual([6, 7, 8, 9, 10, 11]);
  });

  it('refuses labels, other shapes, and what is cut, by name', () => {
    const file = writeIdx(count(12), { height: 2, width: 3, channels: 1 });
    expect(isIdx(file)).toBe(true);
    expect(() => readIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 5))).toThrow('labels');
    expect(() => readIdx(Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 5))).toThrow('a table');
    expect(() => readIdx(file.subarray(0, 20))).toThrow(
      'should hold 2 x 2 x 3 bytes behind its header, but holds 4',
    );
    expect(() => readIdx(file.subarray(0, 9))).toThrow('ends inside its header');
    const huge = Uint8Array.of(0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1);
    expect(() => readIdx(huge)).toThrow('but holds 1');
    expect(() => readIdx(Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1))).toThrow(
      'no pictures',
    );
  });
});

describe('CIFAR', () => {
  const record = (labels: readonly number[]) => {
    const planes = Uint8Array.from({ length: 3072 }, (_, i) => Math.floor(i / 1024) * 100 + ((i % 1024) % 7));
    return Uint8Array.of(...labels, ...planes);
  };

  it('turns planes into pixels, of ten classes and of a hundred', () => {
    for (const labels of [[9], [19, 99]]) {
      const file = Uint8Array.of(...record(labels), ...record(labels));
      const pictures = readCifar(file);
      expect(pictures).toMatchObject({ count: 2, width: 32, height: 32, channels: 3 });
      expect([...pictures.at(1).data.subarray(3, 9)]).toEqual([1, 101, 201, 2, 102, 202]);
    }
  });

  it('is known by its length and its labels', () => {
    expect(mayBeCifar(record([9]), 3073 * 5)).toBe(true);
    expect(mayBeCifar(record([10]), 3073 * 5)).toBe(false);
    expect(mayBeCifar(record([9]), 3073 * 5 + 1)).toBe(false);
    expect(() => readCifar(record([10]))).toThrow('no binary file of CIFAR');
  });
});

describe('npy', () => {
  it('reads the shapes of pictures, channels first or last', () => {
    expect(all(readNpy(makeNpy([2, 2, 3])))).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11],
    ]);
    expect(readNpy(makeNpy([1, 2, 2, 3]))).toMatchObject({ count: 1, height: 2, width: 2, channels: 3 });
    const first = readNpy(makeNpy([1, 3, 2, 2]));
    expect(first).toMatchObject({ count: 1, height: 2, width: 2, channels: 3 });
    expect(all(first)[0]).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
    expect(readNpy(makeNpy([1, 3, 8, 3]))).toMatchObject({ height: 3, width: 8, channels: 3 });
    expect(readNpy(makeNpy([2, 2, 3], { version: 2 }))).toMatchObject({ count: 2 });
  });

  it('says what else it found', () => {
    expect(() => readNpy(makeNpy([2, 2, 3], { type: '<f4' }))).toThrow(
      '[2, 2, 3] of type <f4, not pictures of uint8',
    );
    expect(() => readNpy(makeNpy([2, 2, 3], { order: 'True' }))).toThrow('Fortran');
    expect(() => readNpy(makeNpy([12]))).toThrow('holds [12]; pictures are');
    expect(() => readNpy(makeNpy([2, 7, 7, 7]))).toThrow('holds [2, 7, 7, 7]; pictures are');
    expect(() => readNpy(makeNpy([0, 2, 2]))).toThrow('nothing');
    const file = makeNpy([2, 2, 3]);
    expect(() => readNpy(file.subarray(0, file.length - 1))).toThrow('11 bytes behind');
    expect(() => readNpy(file.subarray(0, 30))).toThrow('ends inside its header');
    expect(() => readNpy(file.subarray(0, 8))).toThrow('ends inside its header');
  });
});

describe('headers', () => {
  const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
  const jpeg = [
    0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc4, 0, 2, 0xff, 0xc2, 0, 11, 8, 1, 2, 3, 4, 3,
  ];
  const gif = [...ascii('GIF89a'), 5, 1, 7, 0];
  const webp = (kind: string, ...rest: number[]) => [...ascii(`RIFF....WEBP${kind}....`), ...rest];
  const bmp = [...ascii('BM'), ...new Array(12).fill(0), 40, 0, 0, 0, 9, 0, 0, 0, 0xfb, 0xff, 0xff, 0xff];

  it.each<[format: string, bytes: number[], width: number, height: number]>([
    ['JPEG', jpeg, 772, 258],
    ['GIF', gif, 261, 7],
    ['WebP', webp('VP8 ', 0, 0, 0, 0x9d, 1, 0x2a, 16, 0x40, 9, 0), 16, 9],
    ['WebP', webp('VP8L', 0x2f, 15, 0x40, 2, 0), 16, 10],
    ['WebP', webp('VP8X', 0, 0, 0, 0, 15, 0, 1, 8, 0, 0), 65_552, 9],
    ['BMP', bmp, 9, 5],
    [
      'AVIF',
      [0, 0, 0, 20, ...ascii('ftypavif'), ...ascii('....ispe'), 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 9],
      256,
      9,
    ],
  ])('of %s tell the size', (format, list, width, height) => {
    const bytes = Uint8Array.from(list);
    const found = pictureFormat(bytes);
    expect(found).toBe(format);
    expect(pictureSize(bytes, found!)).toEqual({ width, height });
    if (found !== 'AVIF') expect(pictureSize(bytes.subarray(0, bytes.length - 6), found!)).toBeUndefined();
  });

  it('are not found in text', () => {
    expect(
      pictureFormat(new TextEncoder().encode('BMW is a maker of cars, and this is a text about them.')),
    ).toBeUndefined();
  });
});
