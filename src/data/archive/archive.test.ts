// Archives: what is in them comes out, and no more than may.

import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../lib/errors.ts';
import { viewOf } from '../bytes.ts';
import { crc32 } from '../crc32.ts';
import { Allowance, type Packed } from './allowance.ts';
import { HEAD_BYTES, unknownPacker, unpack } from './archive.ts';
import { makeTar, tarOf } from './testing.ts';

const text = (words: string) => new TextEncoder().encode(words);
const files = { 'a.txt': text('one'), 'deep/b.txt': text('two '.repeat(500)), 'empty.txt': new Uint8Array() };

const packed = (bytes: Uint8Array): Packed => ({
  name: 'x',
  sizeBytes: bytes.length,
  read: async (count) => bytes.subarray(0, count),
});

/** What comes out, and why not all of it, each by its name. */
async function opened(bytes: Uint8Array, allowance = new Allowance()) {
  const entries: Record<string, string> = {};
  const problems: Record<string, string> = {};
  const onProblem = (name: string, error: unknown) => {
    expect(error).toBeInstanceOf(Failure);
    problems[name] = (error as Failure).message;
  };
  for await (const entry of unpack(packed(bytes), { allowance, onProblem, pause: async () => {} })) {
    const content = await entry.read().catch((error) => onProblem(entry.name, error));
    if (!content) continue;
    expect(content.length).toBe(entry.sizeBytes);
    expect(entry.head).toEqual(content.subarray(0, HEAD_BYTES));
    entries[entry.name] = new TextDecoder().decode(content);
  }
  return { entries, problems };
}

async function unpacked(bytes: Uint8Array): Promise<Record<string, string>> {
  const { entries, problems } = await opened(bytes);
  expect(problems).toEqual({});
  return entries;
}

/** What is told of the file as a whole, of which nothing comes. */
async function refused(bytes: Uint8Array, allowance?: Allowance): Promise<string | undefined> {
  const { entries, problems } = await opened(bytes, allowance);
  expect(entries).toEqual({});
  return problems.x;
}

const wanted = { 'x/a.txt': 'one', 'x/deep/b.txt': 'two '.repeat(500), 'x/empty.txt': '' };

describe('unpack', () => {
  it('gives others a turn while gzip goes on, and ends when it is told to', async () => {
    const file = packed(gzipSync(new Uint8Array(2 ** 24)));
    let turns = 0;
    const unpacking = unpack(file, {
      allowance: new Allowance(),
      onProblem: (_, error) => {
        throw error;
      },
      pause: async () => {
        turns += 1;
        if (turns > 20) throw new Failure('cancelled', 'Enough.');
      },
    });
    await expect(unpacking.next()).rejects.toThrow('Enough.');
  });

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

  it('keeps the names of a folder that was packed as "."', async () => {
    expect(await unpacked(makeTar({ './a.txt': text('one') }))).toEqual({ 'x/a.txt': 'one' });
  });

  it('judges what an archive lists before anything is unpacked', async () => {
    const bomb = zipSync({ 'zeros.bin': new Uint8Array(8 * 2 ** 20) }, { level: 9 });
    expect(bomb.length).toBeLessThan(2 ** 14);
    expect(await refused(bomb, new Allowance(2 ** 20))).toBe(
      'it holds 8.0 MiB or more; at most 1.0 MiB fit, so unpack it, and open a part',
    );
    expect(await refused(gzipSync(new Uint8Array(2 ** 22)), new Allowance(2 ** 20))).toContain(
      'it holds more than 1.0 MiB, so unpack it',
    );
    // Alone too much, whatever came before it.
    const behind = await opened(zipSync({ 'a.txt': text('a'), 'b.zip': bomb }), new Allowance(2 ** 20));
    expect(behind.problems).toEqual({ 'x/b.zip': expect.stringMatching(/^it holds 8\.0 MiB or more/) });
    const few = new Allowance(2 ** 20, 2);
    expect(await refused(zipSync(files), few)).toContain('it holds 3 files or more; at most 2');
    expect(await refused(makeTar(files), few)).toContain('it holds 3 files or more; at most 2');
    const half = gzipSync(new Uint8Array(700_000));
    const after = await opened(zipSync({ 'a.gz': half, 'b.gz': half }), new Allowance(2 ** 20));
    expect(Object.keys(after.entries)).toEqual(['x/a']);
    expect(after.problems).toEqual({
      'x/b.gz': expect.stringMatching(
        /^together with what was unpacked before it, there are more than 1\.0 MiB/,
      ),
    });
    const nested = gzipSync(gzipSync(gzipSync(gzipSync(text('x')))));
    expect(Object.values((await opened(nested)).problems)).toEqual([
      'archives are packed in archives too deeply',
    ]);
  });

  it('does not believe a list that says more or less than there is', async () => {
    const zip = zipSync({ 'a.bin': new Uint8Array(2 ** 22) }, { level: 9 });
    const listAt = viewOf(zip).getUint32(zip.length - 6, true);
    for (const [size, problem] of [
      [10, 'it is damaged in the zip file'],
      [2 ** 22 - 1, 'it is damaged in the zip file'],
      [2 ** 22 + 1, 'it is damaged in the zip file'],
      [2 ** 28, 'it is damaged: the zip file is too small for its size'],
    ] as const) {
      viewOf(zip).setUint32(listAt + 24, size, true);
      expect((await opened(zip)).problems).toEqual({ 'x/a.bin': problem });
    }
    const counted = (count: number) => {
      const changed = zipSync(files);
      viewOf(changed).setUint16(changed.length - 12, count, true);
      return opened(changed);
    };
    const damaged = { x: 'the list of its files is damaged, so some may be missing' };
    expect(await counted(2)).toEqual({ entries: wanted, problems: damaged });
    expect(await counted(60_000)).toEqual({ entries: wanted, problems: damaged });
  });

  it('does not unpack the same bytes for several files', async () => {
    const zip = zipSync({ 'a.txt': text('one'), 'b.txt': text('two') }, { level: 0 });
    const listAt = viewOf(zip).getUint32(zip.length - 6, true);
    viewOf(zip).setUint32(listAt + 46 + 5 + 42, 0, true);
    expect(await refused(zip)).toBe('b.txt in the zip file lies where another file does');
  });

  it('a damaged file costs no other', async () => {
    const zip = zipSync(files);
    const listAt = viewOf(zip).getUint32(zip.length - 6, true);
    const { 'x/a.txt': _, ...others } = wanted;
    for (const [at, value, problem] of [
      [listAt + 8, 1, 'locked with a password'],
      [listAt + 10, 14, 'packed in a way that is not known here'],
      [listAt + 16, 99, 'damaged in the zip file'],
      [viewOf(zip).getUint32(listAt + 42, true) + 30 + 5, 255, 'damaged in the zip file'],
    ] as const) {
      const changed = zip.slice();
      changed[at] = value;
      const { entries, problems } = await opened(changed);
      expect(entries).toEqual(others);
      expect(problems).toEqual({ 'x/a.txt': expect.stringContaining(problem) });
    }
    const { entries, problems } = await opened(
      zipSync({ 'bad.zip': zip.subarray(0, 60), 'b.txt': text('b') }),
    );
    expect(entries).toEqual({ 'x/b.txt': 'b' });
    expect(problems).toEqual({ 'x/bad.zip': expect.stringContaining('cut off') });
  });

  it('reads what a tar file links to, and names that are too long for a header', async () => {
    const long = `${'deep/'.repeat(30)}c.txt`;
    const path = ` path=${long}.pax\n`;
    const record = `${path.length + 3}${path}`;
    const tar = tarOf([
      { name: 'a.txt', bytes: text('one') },
      { name: 'folder/', kind: '5' },
      { name: 'again.txt', kind: '1', link: 'a.txt' },
      { name: 'nowhere.txt', kind: '1', link: 'missing.txt' },
      { name: 'soft.txt', kind: '2', link: 'a.txt' },
      { name: '././@LongLink', kind: 'L', bytes: text(`${long}\0`) },
      { name: long.slice(0, 100), bytes: text('two') },
      { name: 'PaxHeaders/c.txt', kind: 'x', bytes: text(`20 mtime=1700000000\n${record}`) },
      { name: 'c.txt', bytes: text('three') },
      { name: 'd.txt', bytes: text('four'), kind: '7' },
    ]);
    expect(await opened(tar)).toEqual({
      entries: {
        'x/a.txt': 'one',
        'x/again.txt': 'one',
        [`x/${long}`]: 'two',
        [`x/${long}.pax`]: 'three',
        'x/d.txt': 'four',
      },
      problems: {},
    });
    expect(await opened(tar, new Allowance(2))).toMatchObject({
      problems: { x: expect.stringContaining('at most') },
    });
    expect(
      await opened(
        tarOf([
          { name: 'a.txt', bytes: text('one') },
          { name: 'holes', kind: 'S' },
        ]),
      ),
    ).toEqual({
      entries: { 'x/a.txt': 'one' },
      problems: {
        x: 'the tar file holds files with holes, which are not read; what lies before that was read',
      },
    });
  });

  it('says where an archive is cut off, and keeps what lies before', async () => {
    const zip = zipSync(files);
    expect(await refused(zip.subarray(0, zip.length - 30))).toContain('cut off');
    const tar = makeTar(files);
    const { 'x/empty.txt': _, ...others } = wanted;
    for (const length of [1024 + 512 + 2048, 1024 + 512 + 2048 + 100]) {
      expect(await opened(tar.subarray(0, length))).toEqual({
        entries: others,
        problems: { x: 'the tar file is cut off; what lies before that was read' },
      });
    }
    const changed = tar.slice();
    changed[1024 + 124] = 0x80;
    expect(await opened(changed)).toEqual({
      entries: { 'x/a.txt': 'one' },
      problems: { x: 'the tar file is damaged; what lies before that was read' },
    });
    expect(await refused(gzipSync(text('abc')).subarray(0, 15))).toContain('damaged');
    const listless = zip.slice();
    listless[viewOf(zip).getUint32(zip.length - 6, true)] = 0;
    expect(await refused(listless)).toBe('the list of files in the zip file is damaged');
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
