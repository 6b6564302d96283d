// Files of all kinds in, a data set out: what is taken, and how it is read.

import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { makeTar } from '../archive/testing.ts';
import { makeFlac, makeWav } from '../audio/testing.ts';
import { writeWav } from '../audio/wav-write.ts';
import { splitDataset } from '../dataset.ts';
import { writeIdx } from '../image/idx.ts';
import { writePng } from '../image/png-write.ts';
import { makeNpy, makePng } from '../image/testing.ts';
import { openFiles } from './open.ts';
import { type DecodeHooks, type OpenOptions, optionsFor } from './options.ts';

const text = (words: string) => new TextEncoder().encode(words);
const png = (value: number, side = 4) =>
  writePng({ width: side, height: side, channels: 1, data: new Uint8Array(side * side).fill(value) });
const auto: OpenOptions = { kind: 'auto' };

function open(files: Readonly<Record<string, Uint8Array | Blob>>, options = auto, decode: DecodeHooks = {}) {
  return openFiles(
    Object.entries(files).map(([name, content]) => ({ name, content })),
    options,
    decode,
  );
}

describe('text', () => {
  it('is taken as it is, zipped or not, whatever its bytes', async () => {
    const bytes = Uint8Array.of(0, 1, 2, 255, 13, 10);
    for (const content of [bytes, gzipSync(bytes), new Blob([bytes])]) {
      const dataset = await open({ 'a.bin': content });
      expect(dataset).toMatchObject({ name: 'a.bin', medium: { kind: 'text' }, items: 1, skipped: [] });
      expect(dataset.bytes).toEqual(bytes);
    }
    expect((await open({ 'a.png': png(1) }, { kind: 'text' })).bytes).toEqual(png(1));
  });

  it('of many files is joined in the order of their names, lines kept apart', async () => {
    const dataset = await open({
      'b/10.txt': text('three'),
      'b/9.txt': text('two\n'),
      'b/1.txt': text('one'),
      'b/x.png': png(1),
    });
    expect(new TextDecoder().decode(dataset.bytes)).toBe('one\ntwo\nthree');
    expect(dataset).toMatchObject({
      name: 'b',
      items: 3,
      skipped: [{ name: 'b/x.png', reason: 'it holds pictures, not text' }],
    });
  });

  it.each([
    ['zip', zipSync],
    ['tar', makeTar],
  ])('in a %s file, too, is in the order of names', async (_, pack) => {
    const packed = pack({ 'b/2.txt': text('two\n'), 'b/10.txt': text('ten'), 'b/1.txt': text('one\n') });
    expect(new TextDecoder().decode((await open({ b: packed })).bytes)).toBe('one\ntwo\nten');
  });

  it.each(['little', 'big'])('in UTF-16, %s end first, becomes UTF-8', async (end) => {
    const words = 'Hello, wörld\r\n';
    const view = new DataView(new ArrayBuffer(2 + 2 * words.length));
    for (const [i, letter] of [...`\ufeff${words}`].entries()) {
      view.setUint16(2 * i, letter.charCodeAt(0), end === 'little');
    }
    const { bytes } = await open({ 'a.txt': new Uint8Array(view.buffer) });
    expect(new TextDecoder().decode(bytes)).toBe(words);
  });

  it.each([
    ['novel.docx', ['[Content_Types].xml', 'word/document.xml'], 'an Office document'],
    ['novel.odt', ['mimetype', 'content.xml', 'META-INF/manifest.xml'], 'an OpenDocument file'],
    ['novel.epub', ['mimetype', 'META-INF/container.xml', '1.xhtml'], 'an EPUB book'],
  ])('in %s is not its markup', async (name, inside, words) => {
    const file = zipSync(Object.fromEntries(inside.map((each) => [each, text('<p>Once</p>')])));
    await expect(open({ [name]: file })).rejects.toThrow(`${words}, which is not read here`);
  });
});

describe('pictures', () => {
  it('are made one size, in an order without classes, and split between pictures', async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f/${i}.png`, png(i)]));
    const options: OpenOptions = { kind: 'image', size: 2, channels: 3 };
    const dataset = await open(files, options);
    const turned = zipSync(Object.fromEntries(Object.entries(files).toReversed()));
    expect((await open({ f: turned }, options)).bytes).toEqual(dataset.bytes);
    expect(dataset).toMatchObject({ items: 40, medium: { kind: 'image', height: 2, width: 2, channels: 3 } });
    const values = Array.from({ length: 40 }, (_, i) => dataset.bytes[12 * i]!);
    expect([...values].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(values).not.toEqual([...values].sort((a, b) => a - b));
    expect((await open(files, { kind: 'image', size: 2, channels: 3 })).bytes).toEqual(dataset.bytes);
    const { train, val, test } = splitDataset(dataset);
    expect([train, val, test].map(({ length }) => length / 12)).toEqual([36, 2, 2]);
    expect((await open(files, { kind: 'image', maxItems: 7 })).items).toBe(7);
  });

  it('of a data set keep size and colours, unless told', async () => {
    const idx = writeIdx(new Uint8Array(60).fill(7), { height: 2, width: 3, channels: 1 });
    expect((await open({ 'train.gz': gzipSync(idx) })).medium).toEqual({
      kind: 'image',
      height: 2,
      width: 3,
      channels: 1,
    });
    const told = await open({ idx }, { kind: 'auto', size: 2, channels: 3, maxItems: 4 });
    expect(told).toMatchObject({ items: 4, medium: { kind: 'image', height: 2, width: 2, channels: 3 } });
    expect(new Set(told.bytes)).toEqual(new Set([7]));
    const npz = zipSync({ 'x.npy': makeNpy([3, 4, 4, 3]), 'y.npy': makeNpy([3]) });
    const opened = await open({ 'a.npz': npz });
    expect(opened).toMatchObject({ items: 3, medium: { kind: 'image', height: 4, width: 4, channels: 3 } });
    expect(opened.skipped).toEqual([{ name: 'a.npz/y.npy', reason: expect.stringContaining('holds [3]') }]);
    const cifar = new Uint8Array(3073 * 2);
    expect(
      await open({ 'a.tar.gz': gzipSync(makeTar({ 'a/data.bin': cifar, 'a/readme.txt': text('hi') })) }),
    ).toMatchObject({
      items: 2,
      skipped: [{ name: 'a.tar/a/readme.txt', reason: 'it holds text, not pictures' }],
    });
  });

  it('of a data set count as many, whatever words lie beside it', async () => {
    const words = Object.fromEntries(
      ['README', 'LICENSE', 'notes'].map((name) => [`d/${name}`, text('words')]),
    );
    const opened = await open({ ...words, 'd/x.npy': makeNpy([30, 16, 16]) });
    expect(opened).toMatchObject({ items: 30, medium: { kind: 'image' }, skippedCount: 3 });
  });

  it('of unknown size become 32 a side in colours', async () => {
    const { file } = makePng({ width: 50, height: 40, depth: 8, colour: 2 });
    expect((await open({ 'a.png': file })).medium).toEqual({
      kind: 'image',
      height: 32,
      width: 32,
      channels: 3,
    });
  });

  it('that only a browser decodes go through its hook, once their headers are believed', async () => {
    const gif = (width: number) => Uint8Array.of(...text('GIF89a'), width & 255, width >> 8, 1, 0, 9, 9, 9);
    const decodeImage = async (blob: Blob) => {
      if (blob.size < 13) throw new Error('odd');
      return { width: 1, height: 1, channels: 4, data: Uint8Array.of(1, 2, 3, 255) } as const;
    };
    const options = { kind: 'image', size: 1 } as const;
    expect([...(await open({ 'a.gif': gif(1) }, options, { decodeImage })).bytes]).toEqual([1, 2, 3]);
    await expect(open({ 'a.gif': gif(1) }, options)).rejects.toThrow(
      'a.gif: GIF can only be decoded by a browser',
    );
    await expect(open({ 'a.gif': gif(0) }, options, { decodeImage })).rejects.toThrow('no pixels');
    await expect(open({ 'a.gif': gif(1).subarray(0, 12) }, options, { decodeImage })).rejects.toThrow(
      'cannot decode this GIF',
    );
    const jpeg = Uint8Array.of(255, 216, 255, 192, 0, 11, 8, 200, 0, 200, 0, 1, 1);
    await expect(open({ 'a.jpg': jpeg }, options, { decodeImage })).rejects.toThrow('51,200 x 51,200 pixels');
    await expect(open({ 'a.jpg': jpeg.subarray(0, 5) }, options, { decodeImage })).rejects.toThrow(
      'does not say how large',
    );
  });
});

describe('sound', () => {
  const loud = Uint8Array.from({ length: 1200 }, (_, i) => i & 0x7e);

  it('of a WAV file at the same rate is its bytes', async () => {
    const dataset = await open({ 'a.wav': writeWav(loud, 12_000, 'muLaw') });
    expect(dataset).toMatchObject({ items: 1, medium: { kind: 'audio', rateHz: 12_000 } });
    expect(dataset.bytes).toEqual(loud);
  });

  it('of several rates becomes one', async () => {
    const slow = makeWav({ tag: 7, channels: 2, rateHz: 6000, bits: 8, data: loud });
    const decodeAudio = async () => ({
      rateHz: 24_000,
      channels: [new Float32Array(2400), new Float32Array(2400)],
    });
    const files = {
      '1.wav': slow,
      '2.mp3': Uint8Array.of(...text('ID3'), 3, 0, 1, 2),
      '3.wav': writeWav(loud, 12_000),
    };
    const dataset = await open(files, { kind: 'audio', rateHz: 8000 }, { decodeAudio });
    expect(dataset).toMatchObject({ items: 3, medium: { kind: 'audio', rateHz: 8000 } });
    expect(dataset.bytes.length).toBe(800 + 800 + 800);
    expect(await open(files)).toMatchObject({
      items: 2,
      skipped: [{ name: '2.mp3', reason: expect.stringContaining('MP3 can only') }],
    });
    await expect(
      open({ 'a.mp3': files['2.mp3'] }, auto, { decodeAudio: () => Promise.reject(new Error()) }),
    ).rejects.toThrow('cannot decode this MP3');
    await expect(
      open({ 'a.mp3': files['2.mp3'] }, auto, { decodeAudio: async () => ({ rateHz: 8000, channels: [] }) }),
    ).rejects.toThrow('no sound');
  });

  it('that would fill the memory once it is decoded is not decoded, whatever its header says', async () => {
    const decodeAudio = async () => ({ rateHz: 48_000, channels: [new Float32Array(48_000)] });
    const opening = (frames: number, channels: number) =>
      open({ 'a.flac': makeFlac(frames, { channels, claimed: 1000 }) }, auto, { decodeAudio });
    expect((await opening(600, 2)).items).toBe(1);
    await expect(opening(700, 1)).rejects.toThrow(
      'it lasts 17 minutes, and at most 15 can be decoded at once',
    );
    await expect(opening(200, 8)).rejects.toThrow('it lasts 5 minutes, in 8 channels, and at most 3');
  });

  it('is opened for a model as it needs it', async () => {
    const medium = { kind: 'audio', rateHz: 4000 } as const;
    expect((await open({ a: writeWav(loud, 12_000) }, optionsFor(medium))).bytes.length).toBe(400);
  });
});
