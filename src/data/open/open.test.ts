// Files of all kinds in, a data set out: what is taken, how it is read, and what is left out and why.

import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { makeTar } from '../archive/testing.ts';
import { makeWav } from '../audio/testing.ts';
import { writeWav } from '../audio/wav-write.ts';
import { splitDataset } from '../dataset.ts';
import { writeIdx } from '../image/idx.ts';
import { writePng } from '../image/png-write.ts';
import { makeNpy, makePng } from '../image/testing.ts';
import { openFiles } from './open.ts';
import { type DecodeHooks, type OpenOptions, optionsFor } from './options.ts';
import { sniff } from './sniff.ts';

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
});

describe('pictures', () => {
  it('are made one size, in an order without classes, and split between pictures', async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f/${i}.png`, png(i)]));
    const dataset = await open(files, { kind: 'image', size: 2, channels: 3 });
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

  it('is opened for a model as it needs it', async () => {
    const medium = { kind: 'audio', rateHz: 4000 } as const;
    expect((await open({ a: writeWav(loud, 12_000) }, optionsFor(medium))).bytes.length).toBe(400);
  });
});

describe('hundreds of files', () => {
  it('of all kinds: what is left out says why', async () => {
    const files = {
      ...Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`d/${i}.png`, png(i & 255)])),
      ...Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`d/t${i}.txt`, text(`text ${i}`)])),
      'd/.DS_Store': text('x'),
      'd/cut.png': png(1).subarray(0, 40),
      'd/more.zip': zipSync({ 'a.png': png(3), '__MACOSX/a.png': png(4) }),
      'd/bad.zip': zipSync({ 'a.png': png(3) }).subarray(0, 60),
      'd/x.7z': Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c),
      'd/noise': Uint8Array.of(0, 1, 2, 3),
    };
    const shares: number[] = [];
    const dataset = await open(files, { kind: 'auto', size: 4, onProgress: (share) => shares.push(share) });
    expect(dataset.items).toBe(151);
    expect(shares.at(-1)).toBe(1);
    const reasons = new Map(dataset.skipped.map(({ name, reason }) => [name, reason]));
    expect(reasons.size).toBe(56);
    expect(reasons.get('d/t7.txt')).toBe('it holds text, not pictures');
    expect(reasons.get('d/.DS_Store')).toBe('it is a hidden file');
    expect(reasons.get('d/cut.png')).toContain('cut off');
    expect(reasons.get('d/bad.zip')).toContain('cut off');
    expect(reasons.get('d/x.7z')).toContain('packed with 7z');
    expect(reasons.get('d/noise')).toBe('it holds no pictures in a format that is known here');
    expect(reasons.get('__MACOSX/a.png') ?? reasons.get('d/more.zip/__MACOSX/a.png')).toBe(
      'it is a hidden file',
    );
  });

  it('of which none fits: a sentence', async () => {
    await expect(open({ 'a.txt': text('a') }, { kind: 'image' })).rejects.toThrow(
      'a.txt: it holds text, not pictures.',
    );
    await expect(open({ 'a.txt': text('a'), 'b.txt': text('b') }, { kind: 'audio' })).rejects.toThrow(
      'None of 2 files can be read as sound. The first, a.txt: it holds text, not sound.',
    );
    await expect(open({ 'a.txt': text('') })).rejects.toThrow('a.txt: it is empty.');
    await expect(open({})).rejects.toThrow('no file');
    await expect(open({ 'a.zip': zipSync({}) })).rejects.toThrow('a.zip: there is no file inside.');
  });

  it('can be cancelled', async () => {
    const files = { a: text('a'), b: text('b') };
    await expect(open(files, { kind: 'text', signal: AbortSignal.abort() })).rejects.toThrow('cancelled');
  });

  it('too large: a sentence, before they are read', async () => {
    const huge = (size: number) => ({
      size,
      slice: () => new Blob([text('abc')]),
      arrayBuffer: () => Promise.reject(new Error('read')),
    });
    const file = { name: 'a.txt', content: huge(300 * 2 ** 20) };
    await expect(openFiles([file], auto)).rejects.toThrow('300 MiB or more; at most 256 MiB fit');
    await expect(openFiles([{ name: 'a.txt', content: huge(2 ** 31) }], auto)).rejects.toThrow(
      'at most 256 MiB fit',
    );
    const wav = { ...huge(2 ** 31), slice: () => new Blob([writeWav(text('abc'), 8000)]) };
    await expect(openFiles([{ name: 'a.wav', content: wav }], auto)).rejects.toThrow(
      'a.wav: it has 2048 MiB; at most 512 MiB fit',
    );
  });
});

it('sniff is not misled by texts that begin like files', () => {
  for (const words of [
    'BMW',
    'ID3 is a decision tree',
    'RIFF is a chunk format',
    'FORM letters',
    'PK',
    'GIF is a format',
    '\ufeffText',
  ]) {
    expect(sniff(text(words), 100)).toEqual({ kind: 'text' });
  }
  expect(sniff(Uint8Array.of(0xff, 0xfe, 0x41, 0), 4)).toEqual({ kind: 'text' });
  expect(sniff(Uint8Array.of(0xff, 0xfb, 0x90, 0x64), 4)).toMatchObject({ format: 'MP3' });
});
