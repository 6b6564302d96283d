// Pictures and sounds for the stories, made for the test: a few bytes each, with something to tell them by.
import { zlibSync } from 'fflate';
import { writeWav } from '../src/data/audio/wav-write.ts';
import { pngFile, writePng } from '../src/data/image/png-write.ts';

export const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes);

/** A grey picture whose pixel at (x, y) is `value(x, y)`. */
export function greyPng(side: number, value: (x: number, y: number) => number): Buffer {
  const data = Uint8Array.from({ length: side * side }, (_, i) => value(i % side, Math.floor(i / side)));
  return buffer(writePng({ width: side, height: side, channels: 1, data }));
}

/** `count` pictures that differ. */
export const manyPngs = (count: number, side: number) =>
  Array.from({ length: count }, (_, n) => ({
    name: `picture-${String(n).padStart(3, '0')}.png`,
    content: greyPng(side, (x, y) => (x * 20 + y * 9 + n * 5) & 255),
  }));

function header(side: number, depth: number, colour: number): Uint8Array {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, side);
  view.setUint32(4, side);
  bytes.set([depth, colour], 8);
  return bytes;
}

/** 16 bits a channel: black on the left, white on the right. */
export function deepPng(side: number): Buffer {
  const lines = Array.from({ length: side }, () => [
    0,
    ...Array.from({ length: side }, (_, x) => (x < side / 2 ? [0, 0] : [255, 255])).flat(),
  ]).flat();
  return buffer(
    pngFile([
      ['IHDR', header(side, 16, 0)],
      ['IDAT', zlibSync(Uint8Array.from(lines))],
      ['IEND', new Uint8Array()],
    ]),
  );
}

/** Two colours of a palette, black on the left and white on the right. */
export function palettePng(side: number): Buffer {
  const lines = Array.from({ length: side }, () => [
    0,
    ...Array.from({ length: side }, (_, x) => Number(x >= side / 2)),
  ]).flat();
  return buffer(
    pngFile([
      ['IHDR', header(side, 8, 3)],
      ['PLTE', Uint8Array.of(0, 0, 0, 255, 255, 255)],
      ['IDAT', zlibSync(Uint8Array.from(lines))],
      ['IEND', new Uint8Array()],
    ]),
  );
}

/** A JPEG with the note that it is to be turned a quarter to the right. */
export function turned(jpeg: Uint8Array): Buffer {
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  const orientation = [0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
  const segment = [...exif, ...orientation];
  return Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, segment.length + 2, ...segment, ...jpeg.subarray(2)]);
}

/** Two frames of one pixel: white, then black. */
export const animatedGif = (): Buffer => {
  const frame = (index: number) => [
    ...[0x21, 0xf9, 4, 0, 10, 0, 0, 0],
    ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, index === 0 ? 0x4c : 0x44, 1, 0],
  ];
  const start = [...Buffer.from('GIF89a'), 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
  return Buffer.from([...start, ...frame(0), ...frame(1), 0x3b]);
};

/** A hum, as a WAV file of 16-bit samples. */
export function hum(seconds: number, rateHz: number): Buffer {
  const bytes = Uint8Array.from({ length: seconds * rateHz }, (_, i) => 128 + 60 * Math.sin(i / 5));
  return buffer(writeWav(bytes, rateHz));
}
