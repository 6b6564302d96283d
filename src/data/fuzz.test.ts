// Every parser on noise and on damaged files: a value or a `Failure`, soon, and without taking memory that the file
// cannot account for.

import fc from 'fast-check';
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Failure } from '../lib/errors.ts';
import { Allowance } from './archive/allowance.ts';
import { unpack } from './archive/archive.ts';
import { makeTar } from './archive/testing.ts';
import { flacLength } from './audio/flac.ts';
import { resample } from './audio/resample.ts';
import { makeFlac, makeWav } from './audio/testing.ts';
import { readWav } from './audio/wav-read.ts';
import { readCifar } from './image/cifar.ts';
import { pictureFormat, pictureSize } from './image/headers.ts';
import { readIdx, writeIdx } from './image/idx.ts';
import { readNpy } from './image/npy.ts';
import { MAX_PIXELS, type PictureSource } from './image/pixels.ts';
import { readPng } from './image/png-read.ts';
import { makeNpy, makePng } from './image/testing.ts';
import { openFiles } from './open/open.ts';

const some = Uint8Array.from({ length: 600 }, (_, i) => (i * i) >> 3);
const jpeg = Uint8Array.of(255, 216, 255, 224, 0, 4, 1, 2, 255, 192, 0, 11, 8, 1, 2, 3, 4, 1);
const webp = Uint8Array.of(...new TextEncoder().encode('RIFF....WEBPVP8X....'), ...some.subarray(0, 12));
const wav = { tag: 1, channels: 2, rateHz: 8000, bits: 16, data: some };
const files: Readonly<Record<string, Uint8Array>> = {
  png: makePng({ width: 9, height: 7, depth: 8, colour: 2 }).file,
  'interlaced png': makePng({ width: 9, height: 7, depth: 4, colour: 3, interlaced: true, keyed: true }).file,
  idx: writeIdx(some, { height: 10, width: 10, channels: 3 }),
  cifar: new Uint8Array(3073),
  npy: makeNpy([2, 3, 4, 4]),
  wav: makeWav(wav),
  'extensible wav': makeWav({ ...wav, extensible: true }),
  'float wav': makeWav({ ...wav, tag: 3, bits: 32 }),
  zip: zipSync({ 'a.png': makePng({ width: 9, height: 7, depth: 8, colour: 0 }).file, 'b.txt': some }),
  'stored zip': zipSync({ 'a.txt': some, 'b.txt': some.subarray(9) }, { level: 0 }),
  npz: zipSync({ 'x.npy': makeNpy([2, 3, 4, 4]), 'y.npy': makeNpy([7]) }),
  tar: makeTar({ 'a.txt': some, 'b.txt': some }),
  flac: makeFlac(20, {}),
  gzip: gzipSync(some),
  'packed tar': gzipSync(makeTar({ 'a.wav': makeWav(wav) })),
  jpeg,
  webp,
};

/** Parsers that give pictures touch each of them. */
const touch = ({ count, at }: PictureSource) => {
  for (let i = 0; i < Math.min(count, 1000); i++) at(i);
  at(count - 1);
};

const parsers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  readPng: (bytes) => expect(readPng(bytes).data.length).toBeLessThanOrEqual(4 * MAX_PIXELS),
  readIdx: (bytes) => touch(readIdx(bytes)),
  readNpy: (bytes) => touch(readNpy(bytes)),
  readCifar: (bytes) => touch(readCifar(bytes)),
  readWav: (bytes) => {
    const sound = readWav(bytes);
    expect(sound.length).toBeLessThanOrEqual(bytes.length);
    const samples = sound.read(0, sound.length);
    expect(samples.every(Number.isFinite)).toBe(true);
    for (const piece of resample(sound, 12_000)) expect(piece.every(Number.isFinite)).toBe(true);
  },
  pictureSize: (bytes) => {
    const format = pictureFormat(bytes);
    if (format) pictureSize(bytes, format);
  },
  flacLength: (bytes) => expect(flacLength(bytes)?.seconds).not.toBe(Number.NaN),
  unpack: async (bytes) => {
    let total = 0;
    let problem: unknown;
    const onProblem = (_: string, error: unknown) => {
      problem = error;
    };
    const file = {
      name: 'x',
      sizeBytes: bytes.length,
      read: async (count?: number) => bytes.subarray(0, count),
    };
    const options = { allowance: new Allowance(2 ** 20, 100), onProblem, pause: async () => {} };
    for await (const entry of unpack(file, options)) {
      const content = await entry.read().catch((error) => onProblem('', error));
      total += content?.length ?? 0;
    }
    expect(total).toBeLessThanOrEqual(bytes.length + 2 ** 20);
    if (problem !== undefined) throw problem;
  },
  openFiles: async (bytes) => {
    const content = bytes.slice();
    const options = { kind: 'auto', size: 4 } as const;
    const decodeImage = async () => ({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) }) as const;
    const { medium, items } = await openFiles([{ name: 'x', content }], options, { decodeImage });
    expect(items).toBeGreaterThan(0);
    expect(medium.kind).toBeTypeOf('string');
  },
};

/** A file with bytes changed, cut out or doubled. */
const damaged = fc
  .tuple(
    fc.constantFrom(...Object.keys(files)),
    fc.array(
      fc.record({
        what: fc.constantFrom('change', 'extreme', 'cut', 'double', 'end'),
        at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        value: fc.integer({ min: 0, max: 255 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([name, changes]) => {
    let bytes = [...files[name]!];
    for (const { what, at, value } of changes) {
      // Headers are where harm is done.
      const index = Math.floor(bytes.length * at ** 3);
      if (what === 'change') bytes[index] = value;
      else if (what === 'extreme') bytes.splice(index, 4, 255, 255, 255, value);
      else if (what === 'cut') bytes.splice(index, 1 + (value & 15));
      else if (what === 'double') bytes.splice(index, 0, ...bytes.slice(index, index + value));
      else bytes = bytes.slice(0, Math.max(1, index));
    }
    return Uint8Array.from(bytes);
  });

const noise = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  // Behind a true beginning.
  fc
    .tuple(
      fc.constantFrom(...Object.values(files)),
      fc.integer({ min: 4, max: 40 }),
      fc.uint8Array({ maxLength: 200 }),
    )
    .map(([file, length, rest]) => Uint8Array.of(...file.subarray(0, length), ...rest)),
);

describe.each(Object.entries(parsers))('%s', (_, parse) => {
  it.each([
    ['damaged files', damaged, 1500],
    ['noise', noise, 1500],
  ] as const)('takes or refuses %s', async (_, inputs, numRuns) => {
    await fc.assert(
      fc.asyncProperty(inputs, async (bytes) => {
        // The time that it computes, in microseconds, whatever else the machine does meanwhile.
        const before = process.cpuUsage();
        try {
          await parse(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect((error as Failure).message.length).toBeLessThan(400);
        }
        expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
      }),
      { numRuns },
    );
  });
});

it('what is refused costs no memory', async () => {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  await fc.assert(
    fc.asyncProperty(damaged, async (bytes) => {
      for (const parse of Object.values(parsers))
        await Promise.resolve(bytes)
          .then(parse)
          .catch(() => {});
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }),
    { numRuns: 300 },
  );
  expect(most).toBeLessThan(512 * 2 ** 20);
});
