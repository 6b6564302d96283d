// Pictures and sound from a terminal: trained on, scored, made up and completed, and what can be wrong with them.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../src/data/audio/wav-write.ts';
import { builtinAudio } from '../src/data/builtin-audio.ts';
import { builtinImages } from '../src/data/builtin-images.ts';
import { viewOf } from '../src/data/bytes.ts';
import { writeIdx } from '../src/data/image/idx.ts';
import { readPng } from '../src/data/image/png-read.ts';
import { writePng } from '../src/data/image/png-write.ts';
import { jsonLines, reference, testFolder, weft } from './testing.ts';

const { at } = testFolder();
const side = 8;
const item = side * side;
const pictures = builtinImages(60, side, 1);
const sound = builtinAudio(1, 8000);
const picture = pictures.slice(0, item);

const train = (data: string, out: string, ...more: string[]) => [
  'train',
  ...['--data', at(data), '--preset', 'tiny', '--out', at(out), '--steps', '2', '--micro-batch', '2'],
  ...['--json', ...reference, ...more],
];
const weights = (out: string) => ['--weights', at(`${out}/weights.safetensors`)];

beforeAll(async () => {
  await writeFile(at('digits.gz'), gzipSync(writeIdx(pictures, { height: side, width: side, channels: 1 })));
  await mkdir(at('folder/deep'), { recursive: true });
  for (let i = 0; i < 30; i++) {
    const data = pictures.subarray(i * item, (i + 1) * item);
    await writeFile(at(`folder/deep/${i}.png`), writePng({ width: side, height: side, channels: 1, data }));
  }
  await writeFile(at('folder/photo.jpg'), Uint8Array.of(255, 216, 255, 224, 0, 4, 1, 2));
  await writeFile(at('photo.jpg'), Uint8Array.of(255, 216, 255, 224, 0, 4, 1, 2));
  await writeFile(at('data.tar.xz'), Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0));
  await writeFile(at('one.png'), writePng({ width: side, height: side, channels: 1, data: picture }));
  await writeFile(at('tune.wav'), writeWav(sound, 8000));
  await writeFile(at('empty.wav'), writeWav(new Uint8Array(), 8000));
  for (const [data, out, ...more] of [
    ['digits.gz', 'pictures'],
    ['tune.wav', 'sound', '--rate', '4000'],
    ['text.txt', 'text'],
  ] as const) {
    const { code, stderr } = await weft(train(data, out, ...more));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }
});

describe('pictures', () => {
  it('are scored picture by picture', async () => {
    const args = [
      'eval',
      ...weights('pictures'),
      '--data',
      at('digits.gz'),
      '--part',
      'val',
      '--json',
      ...reference,
    ];
    const [evaluated] = jsonLines((await weft(args)).stdout);
    expect(evaluated).toMatchObject({ scoredBytes: 3 * item, contextLength: item });
    const run = JSON.parse(await readFile(at('pictures/run.json'), 'utf8'));
    expect(run.medium).toEqual({ kind: 'image', height: side, width: side, channels: 1 });
  });

  it('are made up on a sheet, the same for the same seed', async () => {
    const args = ['sample', ...weights('pictures'), '--samples', '3', ...reference, '--json'];
    const [drawn] = jsonLines((await weft([...args, '--out', at('a.png')])).stdout);
    expect(drawn).toMatchObject({ bytes: 3 * item, out: at('a.png') });
    const sheet = readPng(new Uint8Array(await readFile(at('a.png'))));
    expect(sheet).toMatchObject({ width: 2 * side + 2, height: 2 * side + 2, channels: 1 });
    await weft([...args, '--out', at('b.png')]);
    expect(await readFile(at('b.png'))).toEqual(await readFile(at('a.png')));
  });

  it('are completed below the rows that stay', async () => {
    const args = [
      'sample',
      ...weights('pictures'),
      '--prompt',
      at('one.png'),
      '--keep-rows',
      '6',
      '--out',
      at('c.png'),
    ];
    expect((await weft([...args, ...reference])).code).toBe(0);
    const { data } = readPng(new Uint8Array(await readFile(at('c.png'))));
    expect(data.slice(0, 6 * side)).toEqual(picture.slice(0, 6 * side));
    expect(data.slice(6 * side)).not.toEqual(picture.slice(6 * side));
  });

  it('come from a folder, in part and at any size; what is left out is said', async () => {
    const { code, stdout, stderr } = await weft(
      train('folder', 'small', '--size', '4', '--channels', '3', '--max-items', '25'),
    );
    expect(stderr).toMatch(/^Left out: folder\/photo\.jpg \(JPEG can only be decoded by a browser;.*\)\.\n$/);
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toHaveLength(2);
    const resumed = [
      'train',
      '--data',
      at('folder'),
      '--resume',
      at('small'),
      '--max-items',
      '25',
      ...reference,
    ];
    expect((await weft(resumed)).stdout).toContain('nothing left to do after 2 steps');
    expect((await weft(resumed.filter((arg) => arg !== '--max-items' && arg !== '25'))).stderr).toContain(
      '--max-items',
    );
  });
});

describe('sound', () => {
  it('is made up behind a beginning', async () => {
    const args = [
      'sample',
      ...weights('sound'),
      '--seconds',
      '0.05',
      '--prompt',
      at('tune.wav'),
      '--out',
      at('a.wav'),
      '--spectrogram',
      at('a.png'),
    ];
    expect((await weft([...args, ...reference])).code).toBe(0);
    const file = await readFile(at('a.wav'));
    expect(viewOf(file).getUint32(24, true)).toBe(4000);
    expect(file.length).toBe(44 + 2 * (4000 + 200));
    const spectrogram = readPng(new Uint8Array(await readFile(at('a.png'))));
    expect(spectrogram).toMatchObject({ width: Math.ceil(4200 / 256), height: 512, channels: 1 });
    expect(spectrogram.data.some((grey) => grey === 255)).toBe(true);
  });

  it('is scored at the rate of the model', async () => {
    const args = ['eval', ...weights('sound'), '--data', at('tune.wav'), '--json', ...reference];
    expect(jsonLines((await weft(args)).stdout)[0]).toMatchObject({ scoredBytes: 4000 });
  });
});

it('info says the medium of a model', async () => {
  expect((await weft(['info', ...weights('pictures')])).stdout).toContain('pictures of 8 x 8 pixels in grey');
  expect((await weft(['info', ...weights('sound')])).stdout).toContain('sound at 4,000 Hz');
  expect(jsonLines((await weft(['info', ...weights('text'), '--json'])).stdout)[0]).toMatchObject({
    medium: { kind: 'text' },
  });
});

describe('what a person gets wrong', () => {
  const sample = (model: string, ...args: string[]) => ['sample', ...weights(model), ...reference, ...args];
  it.each<[what: string, message: string, args: () => string[]]>([
    [
      'an archive of a strange packer',
      'packed with xz, which is not read here; unpack it first',
      () => train('data.tar.xz', 'x'),
    ],
    [
      'a JPEG',
      'photo.jpg: JPEG can only be decoded by a browser; open it in the page, or save it as PNG',
      () => train('photo.jpg', 'x'),
    ],
    [
      'text as pictures',
      'text.txt: it holds text, not pictures',
      () => train('text.txt', 'x', '--kind', 'image'),
    ],
    ['pictures as sound', 'not sound', () => train('folder', 'x', '--kind', 'audio')],
    [
      'a kind that is none',
      '--kind must be text, image, audio or auto',
      () => train('text.txt', 'x', '--kind', 'smell'),
    ],
    [
      'a size of sound',
      '--size says nothing about data of --kind audio',
      () => train('tune.wav', 'x', '--kind', 'audio', '--size', '8'),
    ],
    ['two channels', '--channels must be 1 or 3', () => train('folder', 'x', '--channels', '2')],
    [
      'too few pictures',
      'There are 7 pictures; training needs at least 20',
      () => train('folder', 'x', '--max-items', '7'),
    ],
    ['a sound without samples', 'holds no samples', () => train('empty.wav', 'x')],
    [
      'a configuration of other pictures',
      'contextLength is 32, but a picture',
      () => [
        ...train('digits.gz', 'x').filter((arg) => arg !== '--preset' && arg !== 'tiny'),
        '--config',
        at('model.json'),
      ],
    ],
    [
      'another kind for a model',
      '--kind text does not fit it',
      () => ['eval', ...weights('pictures'), '--data', at('text.txt'), '--kind', 'text'],
    ],
    [
      'another size for a model',
      'reads pictures of 8 x 8 pixels in grey. Leave --size',
      () => ['eval', ...weights('pictures'), '--data', at('folder'), '--size', '9'],
    ],
    [
      'a context for pictures',
      '--min-context is for text and sound',
      () => ['eval', ...weights('pictures'), '--data', at('folder'), '--min-context', '1'],
    ],
    ['no file for a picture', '--out is missing: name the PNG file', () => sample('pictures')],
    [
      'rows of no picture',
      '--keep-rows needs a picture',
      () => sample('pictures', '--keep-rows', '3', '--out', at('x.png')),
    ],
    [
      'all rows',
      '--keep-rows must be',
      () => sample('pictures', '--keep-rows', '8', '--prompt', at('one.png'), '--out', at('x.png')),
    ],
    [
      'a sound as a beginning of pictures',
      'it holds sound, not pictures',
      () => sample('pictures', '--prompt', at('tune.wav'), '--out', at('x.png')),
    ],
    [
      'a length of pictures',
      '--length says nothing to this model',
      () => sample('pictures', '--length', '3', '--out', at('x.png')),
    ],
    ['no duration', '--seconds is missing', () => sample('sound', '--out', at('x.wav'))],
    [
      'seconds of text',
      '--seconds says nothing to this model, which makes text',
      () => sample('text', '--seconds', '3'),
    ],
  ])('%s: one sentence, exit code 2', async (_, message, args) => {
    const { code, stdout, stderr } = await weft(args());
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n').length).toBe(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('data that the page makes itself', () => {
  const make = async (...args: string[]) => {
    const { code, stdout, stderr } = await weft(['make', ...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return jsonLines(stdout)[0];
  };

  it('is written as files to train on', async () => {
    expect(await make('--kind', 'text', '--bytes', '5000', '--out', at('made.txt'))).toMatchObject({
      sizeBytes: 5000,
    });
    await make(
      ...['--kind', 'image', '--pictures', '40', '--size', '8', '--channels', '1', '--out', at('made.idx')],
    );
    await make(...['--kind', 'audio', '--seconds', '1', '--rate', '4000', '--out', at('made.wav')]);
    expect(await readFile(at('made.txt'), 'utf8')).toMatch(/^1\. \w+, \w+ \d+th\n\nDear \w+,/);
    const idx = writeIdx(builtinImages(40, 8, 1), { height: 8, width: 8, channels: 1 });
    expect(new Uint8Array(await readFile(at('made.idx')))).toEqual(idx);
    const wav = writeWav(builtinAudio(1, 4000), 4000, 'muLaw');
    expect(new Uint8Array(await readFile(at('made.wav')))).toEqual(wav);
  });

  it('is the same for the same seed, and other for another', async () => {
    for (const [name, seed] of [
      ['a', '1'],
      ['b', '1'],
      ['c', '2'],
    ] as const) {
      await make('--kind', 'text', '--bytes', '3000', '--seed', seed, '--out', at(`${name}.txt`));
    }
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => readFile(at(`${name}.txt`), 'utf8')));
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });
});
