// Of many files: what is left out, and why; how far the work is; what is too much.

import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { writeWav } from '../audio/wav-write.ts';
import { writeIdx } from '../image/idx.ts';
import { writePng } from '../image/png-write.ts';
import { openFiles } from './open.ts';
import type { OpenOptions } from './options.ts';
import { sniff } from './sniff.ts';

const text = (words: string) => new TextEncoder().encode(words);
const png = (value: number, side = 4) =>
  writePng({ width: side, height: side, channels: 1, data: new Uint8Array(side * side).fill(value) });
const auto: OpenOptions = { kind: 'auto' };

function open(files: Readonly<Record<string, Uint8Array>>, options = auto) {
  return openFiles(
    Object.entries(files).map(([name, content]) => ({ name, content })),
    options,
  );
}

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

  it('or thousands: how many were left out is not forgotten, nor is any reason', async () => {
    const files = Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`${i}.txt`, text('a')]));
    const dataset = await open(
      { ...files, 'a.png': png(1), 'z.png': png(1).subarray(0, 40) },
      { kind: 'image', size: 4 },
    );
    expect([dataset.skipped.length, dataset.skippedCount]).toEqual([101, 1201]);
    expect(dataset.skipped.at(-1)).toEqual({ name: 'z.png', reason: expect.stringContaining('cut off') });
  });

  it('or one large one: how far it is read', async () => {
    const shares: number[] = [];
    const onProgress = (share: number) => void shares.push(share);
    const idx = writeIdx(new Uint8Array(400 * 16), { height: 4, width: 4, channels: 1 });
    await open({ idx }, { kind: 'auto', onProgress });
    expect(shares.length).toBeGreaterThan(50);
    expect(shares.length).toBeLessThanOrEqual(101);
    expect(shares).toEqual([...new Set(shares)].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    shares.length = 0;
    await open({ wav: writeWav(new Uint8Array(200_000), 12_000) }, { kind: 'audio', onProgress });
    expect(shares.length).toBeGreaterThan(5);
    shares.length = 0;
    const data = Uint8Array.from({ length: 300 * 300 }, (_, i) => Math.imul(i * i + 1, 0x9e3779b1) >>> 13);
    await open(
      { png: writePng({ width: 300, height: 300, channels: 1, data }) },
      { kind: 'image', onProgress },
    );
    expect(shares.length).toBeGreaterThan(5);
  });

  it('are called so that their names cannot do harm', async () => {
    const names = [
      'two\nlines.txt',
      '\u202Ereversed.txt',
      '\x1b[31mred.txt',
      `${'long'.repeat(90)}.txt`,
      'é 🧵.txt',
    ];
    const dataset = await open(
      Object.fromEntries([...names.map((name) => [name, text('a')]), ['a.png', png(1)]]),
      { kind: 'image', size: 4 },
    );
    expect(dataset.skipped.map(({ name }) => name).sort()).toEqual(
      [
        'two\ufffdlines.txt',
        '\ufffdreversed.txt',
        '\ufffd[31mred.txt',
        `${'long'.repeat(15)}…${'ong'}${'long'.repeat(13)}.txt`,
        'é 🧵.txt',
      ].sort(),
    );
  });

  it('that are too large for what memory is left are left out', async () => {
    const content = {
      size: 100,
      slice: () => new Blob([text('a')]),
      arrayBuffer: () => Promise.reject(new RangeError('Array buffer allocation failed')),
    };
    const files = [
      { name: 'a.txt', content },
      { name: 'b.txt', content: text('b') },
    ];
    expect(await openFiles(files, { kind: 'text' })).toMatchObject({
      items: 1,
      skipped: [{ name: 'a.txt', reason: expect.stringContaining('not enough memory') }],
    });
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
      'a.wav: it has 2,048 MiB; at most 512 MiB fit',
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
  for (const words of [
    'II*\0',
    'MM\0*',
    '%PDF-1.7',
    '\0\0\0\x18ftypheic',
    '\0\0\0\x18ftypmif1',
    'MThd\0\0',
  ]) {
    expect(sniff(text(words), 100).kind).toBe('foreign');
  }
  expect(sniff(text('\0\0\0\x18ftypM4A '), 100)).toMatchObject({ format: 'MP4' });
  expect(sniff(Uint8Array.of(0xff, 0xfe, 0x41, 0), 4)).toEqual({ kind: 'text' });
  expect(sniff(Uint8Array.of(0xff, 0xfb, 0x90, 0x64), 4)).toMatchObject({ format: 'MP3' });
});
