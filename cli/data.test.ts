// Data that is not as it should be: one sentence that names the file and what is wrong, soon and without much memory; and of
// a folder, what was left out and why.

import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewOf } from '../src/data/bytes.ts';
import { pngFile, writePng } from '../src/data/image/png-write.ts';
import { makeNpy } from '../src/data/image/testing.ts';
import { testConfig } from '../src/model/testing/configs.ts';
import { reference, weft } from './testing.ts';

let folder = '';
const at = (name: string) => join(folder, name);
const text = (words: string) => new TextEncoder().encode(words);
const png = writePng({ width: 8, height: 4, channels: 1, data: new Uint8Array(32).fill(100) });

/** A PNG file that promises a picture of this side, and holds that much of nothing, packed. */
function vastPng(side: number): Uint8Array {
  const header = new Uint8Array(13);
  viewOf(header).setUint32(0, side);
  viewOf(header).setUint32(4, side);
  header[8] = 1;
  return pngFile([
    ['IHDR', header],
    ['IDAT', new Uint8Array(48_000)],
    ['IEND', new Uint8Array()],
  ]);
}

/** A zip file whose list names the same bytes of nothing `count` times, each as a file of 64 MiB. */
function overlappingZip(count: number): Uint8Array {
  const zip = zipSync({ 'a.txt': new Uint8Array(2 ** 26) }, { level: 9 });
  const listAt = viewOf(zip).getUint32(zip.length - 6, true);
  const entry = zip.subarray(listAt, zip.length - 22);
  const end = zip.slice(zip.length - 22);
  viewOf(end).setUint16(10, count, true);
  return Buffer.concat([zip.subarray(0, listAt), ...Array<Uint8Array>(count).fill(entry), end]);
}

/** A gzip file of so many MiB of nothing, in as many parts. */
const gzippedZeros = (mebibytes: number) =>
  Buffer.concat(Array<Uint8Array>(mebibytes).fill(gzipSync(new Uint8Array(2 ** 20))));

function changed(bytes: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = bytes.slice();
  change(viewOf(copy));
  return copy;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-data-'));
  await writeFile(at('model.json'), JSON.stringify({ ...testConfig, contextLength: 16 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const train = (data: string, ...more: string[]) =>
  weft([
    ...[
      'train',
      '--data',
      at(data),
      '--config',
      at('model.json'),
      '--out',
      at('out'),
      '--overwrite',
      '--steps',
      '1',
    ],
    ...['--micro-batch', '1', ...reference, ...more],
  ]);
const asPictures = ['--kind', 'image', '--size', '4', '--channels', '1'];

describe('a file that cannot be learnt from: one sentence, exit code 2', () => {
  const zipped = zipSync({ 'a.txt': text('a text '.repeat(99)) });
  it.each<[name: string, bytes: () => Uint8Array, message: string]>([
    ['vast.png', () => vastPng(20_000), 'the picture has 20,000 x 20,000 pixels; at most 40 million'],
    ['cut.png', () => png.subarray(0, 50), 'the PNG file is cut off'],
    ['none.png', () => new Uint8Array(), 'it is empty'],
    ['phone.heic', () => text('\0\0\0\x18ftypheic\0\0\0\0'), 'it is a HEIC picture, which is not read here'],
    ['scan.tif', () => text('II*\0\x08\0\0\0'), 'it is a TIFF picture, which is not read here'],
    ['paper.pdf', () => text('%PDF-1.7 \0\x01'), 'it is a PDF, which is not read here'],
    [
      'a.npz',
      () => zipSync({ 'x.npy': changed(makeNpy([3, 4, 4]), (v) => v.setUint8(22, 0x66)) }),
      'of type',
    ],
    ['real.idx', () => Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0), '32-bit floating point'],
    ['bomb.zip', () => overlappingZip(4000), 'it holds 256,000 MiB or more; at most 512 MiB'],
    ['twice.zip', () => overlappingZip(2), 'lies where another file does'],
    ['locked.zip', () => changed(zipped, (v) => v.setUint8(zipped.length - 22 - 51 + 8, 1)), 'password'],
    ['cut.txt.gz', () => gzipSync(text('a'.repeat(999))).subarray(0, 20), 'damaged or incomplete'],
    ['bomb.txt.gz', () => gzippedZeros(600), 'it holds more than 512 MiB, so unpack it'],
  ])('%s', async (name, bytes, message) => {
    await writeFile(at(name), bytes());
    let mostBytes = 0;
    const { code, stdout, stderr } = await weft(
      [
        'train',
        '--data',
        at(name),
        '--config',
        at('model.json'),
        '--out',
        at('out'),
        '--overwrite',
        ...reference,
      ],
      (child) => {
        const look = setInterval(() => {
          mostBytes = Math.max(mostBytes, residentBytes(child.pid));
        }, 50);
        child.once('exit', () => clearInterval(look));
      },
    );
    expect(stderr).toContain(message);
    expect(stderr).toMatch(new RegExp(`^(None of .* in )?${name}.*\\.\\n$`));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(mostBytes).toBeLessThan(900 * 2 ** 20);
  });
});

/** What a process holds in memory; 0 where the system does not tell. */
function residentBytes(pid: number | undefined): number {
  try {
    return 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
  } catch {
    return 0;
  }
}

describe('a folder', () => {
  it('of pictures and much else: what was left out, and why', async () => {
    await mkdir(at('mixed/deep'), { recursive: true });
    for (let i = 0; i < 24; i++) await writeFile(at(`mixed/deep/${i}.png`), png);
    for (let i = 0; i < 5; i++) await writeFile(at(`mixed/${i}.txt`), 'words');
    const odd = changed(png, (view) => view.setUint8(45, 7));
    const zip = Buffer.from(zipSync({ 'good.png': png, 'bad.png': png }, { level: 0 }));
    zip[zip.lastIndexOf(png) + 45] = 7;
    await writeFile(at('mixed/more.zip'), zip);
    await writeFile(at('mixed/line\nbreak\x1b[31m.png'), odd);
    await symlink('..', at('mixed/deep/up'));
    await symlink('nowhere', at('mixed/lost'));
    await symlink('itself', at('mixed/itself'));
    const { code, stderr } = await train('mixed', ...asPictures);
    expect(stderr.trim().split('\n').sort()).toEqual([
      'Left out: mixed/0.txt, mixed/1.txt, mixed/2.txt and 2 more (it holds text, not pictures).',
      'Left out: mixed/deep/up (it is a link to a folder that is read already).',
      'Left out: mixed/itself (it cannot be read: its links lead in a circle).',
      'Left out: mixed/line\ufffdbreak\ufffd[31m.png (the PNG file is damaged).',
      'Left out: mixed/lost (it cannot be read: it does not exist).',
      'Left out: mixed/more.zip/bad.png (it is damaged in the zip file).',
    ]);
    expect(code).toBe(0);
  });

  it('that is empty, or holds nothing that fits', async () => {
    await mkdir(at('bare/inner'), { recursive: true });
    expect(await train('bare')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('bare holds no files.'),
    });
    await writeFile(at('bare/inner/a.txt'), 'words');
    await writeFile(at('bare/b.txt'), 'words');
    expect(await train('bare', ...asPictures)).toMatchObject({
      code: 2,
      stderr:
        'None of 2 files in bare can be read as pictures. The first, bare/b.txt: it holds text, not pictures.\n',
    });
  });
});
