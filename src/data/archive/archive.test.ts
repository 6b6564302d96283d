// Archives: what is in them comes out, and no more than may.

import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../lib/errors.ts';
import { viewOf } from '../bytes.ts';
import { crc32 } from '../crc32.ts';
import { Allowance } from './allowance.ts';
import { unknownPacker, unpack } from './archive.ts';
import { makeTar } from './testing.ts';

const text = (words: string) => new TextEncoder().encode(words);
const files = { 'a.txt': text('one'), 'deep/b.txt': text('two '.repeat(500)), 'empty.txt': new Uint8Array() };

async function unpacked(bytes: Uint8Array, allowance = new Allowance()): Promise<Record<string, string>> {
  const entries: Record<string, string> = {};
  for await (const entry of unpack('x', bytes, allowance))
    entries[entry.name] = new TextDecoder().decode(entry.bytes);
  return entries;
}

const wanted = { 'x/a.txt': 'one', 'x/deep/b.txt': 'two '.repeat(500), 'x/empty.txt': '' };

describe('unpack', () => {
  it('opens zip, tar and gzip, and those in each other', async () => {
    expect(await unpacked(zipSync(files))).toEqual(wanted);
    expect(await unpacked(zipSync(files, { level: 0 }))).toEqual(wanted);
    expect(await unpacked(makeTar(files))).toEqual(wanted);
    expect(await unpacked(gzipSync(makeTar(files)))).toEqual(wanted);
    expect(await unpacked(zipSync({ 'y.zip': zipSync(files) }))).toEqual({
      'x/y.zip/a.txt': 'one',
      'x/y.zip/deep/b.txt': 'two '.repeat(500),
      'x/y.zip/empty.txt': '',
    });
    expect(await unpacked(text('plain'))).toEqual({ x: 'plain' });
  });

  it('finds a directory behind a comment, and the larger one of many files', async () => {
    const zip = zipSync(files);
    const commented = Uint8Array.of(...zip, ...text('PK, a comment'));
    viewOf(commented).setUint16(zip.length - 2, 13, true);
    expect(await unpacked(commented)).toEqual(wanted);

    const end = zip.length - 22;
    const record = new Uint8Array(56 + 20);
    record.set(text('PK\x06\x06'));
    viewOf(record).setBigUint64(32, 3n, true);
    viewOf(record).setBigUint64(48, BigInt(viewOf(zip).getUint32(end + 16, true)), true);
    record.set(text('PK\x06\x07'), 56);
    viewOf(record).setBigUint64(64, BigInt(end), true);
    const large = Uint8Array.of(...zip.subarray(0, end), ...record, ...zip.subarray(end));
    large.fill(255, end + 76 + 8, end + 76 + 20);
    expect(await unpacked(large)).toEqual(wanted);
  });

  it('stops at what may come out, in bytes and in files', async () => {
    const bomb = zipSync({ 'zeros.bin': new Uint8Array(8 * 2 ** 20) }, { level: 9 });
    expect(bomb.length).toBeLessThan(2 ** 14);
    await expect(unpacked(bomb, new Allowance(2 ** 20))).rejects.toThrow('more than 1.0 MiB');
    await expect(unpacked(gzipSync(new Uint8Array(2 ** 22)), new Allowance(2 ** 20))).rejects.toThrow(
      'more than 1.0 MiB',
    );
    await expect(unpacked(zipSync(files), new Allowance(2 ** 20, 2))).rejects.toThrow('too many files');
    await expect(unpacked(makeTar(files), new Allowance(2 ** 20, 2))).rejects.toThrow('too many files');
    const nested = gzipSync(gzipSync(gzipSync(gzipSync(text('x')))));
    await expect(unpacked(nested)).rejects.toThrow('too deeply');
  });

  it('does not believe a directory that says less than there is', async () => {
    const zip = zipSync({ 'a.bin': new Uint8Array(2 ** 22) }, { level: 9 });
    const listAt = viewOf(zip).getUint32(zip.length - 6, true);
    viewOf(zip).setUint32(listAt + 24, 10, true);
    await expect(unpacked(zip)).rejects.toThrow('damaged');
  });

  it('refuses what is locked, cut or changed', async () => {
    const zip = zipSync(files);
    const listAt = viewOf(zip).getUint32(zip.length - 6, true);
    const change = (at: number, value: number) => {
      const changed = zip.slice();
      changed[at] = value;
      return changed;
    };
    await expect(unpacked(change(listAt + 8, 1))).rejects.toThrow('password');
    await expect(unpacked(change(listAt + 10, 14))).rejects.toThrow('packed in a way that is not known');
    await expect(unpacked(change(listAt + 16, 99))).rejects.toThrow('a.txt in the zip file is damaged');
    await expect(unpacked(change(listAt, 0))).rejects.toThrow('list of files');
    await expect(unpacked(change(0, 0).fill(0x50, 0, 1).fill(0, 5, 6).fill(9, 30, 60))).rejects.toThrow(
      Failure,
    );
    await expect(unpacked(zip.subarray(0, zip.length - 30))).rejects.toThrow('cut off');
    await expect(unpacked(makeTar(files).subarray(0, 1200))).rejects.toThrow('cut off');
    await expect(unpacked(gzipSync(text('abc')).subarray(0, 15))).rejects.toThrow('damaged');
  });

  it('knows packers that it cannot open', () => {
    expect(unknownPacker(Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1))).toBe('xz');
    expect(unknownPacker(text('a text'))).toBeUndefined();
  });
});

it('crc32 is that of ISO 3309, also in pieces', () => {
  expect(crc32(text('123456789'))).toBe(0xcbf43926);
  expect(crc32(text('6789'), crc32(text('12345')))).toBe(0xcbf43926);
});
