// PNG files of pictures in grey or colour, each row behind the filter that leaves the smallest numbers.

import { zlibSync } from 'fflate';
import { viewOf } from '../bytes.ts';
import { crc32 } from '../crc32.ts';
import type { Pixels } from './pixels.ts';
import { paeth } from './png-rows.ts';

const COLOURS: Readonly<Record<Pixels['channels'], number>> = { 1: 0, 2: 4, 3: 2, 4: 6 };

export function writePng({ width, height, channels, data }: Pixels): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  viewOf(header).setUint32(0, width);
  viewOf(header).setUint32(4, height);
  header.set([8, COLOURS[channels]], 8);
  const rowBytes = width * channels;
  const lines = new Uint8Array(height * (1 + rowBytes));
  let above: Uint8Array | Uint8ClampedArray = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * rowBytes, (y + 1) * rowBytes);
    lines.set(filtered(row, above, channels), y * (1 + rowBytes));
    above = row;
  }
  return pngFile([
    ['IHDR', header],
    ['IDAT', zlibSync(lines, { level: 9 })],
    ['IEND', new Uint8Array()],
  ]);
}

/** A PNG file of these chunks. */
export function pngFile(
  chunks: readonly (readonly [type: string, content: Uint8Array])[],
): Uint8Array<ArrayBuffer> {
  const size = chunks.reduce((sum, [, content]) => sum + 12 + content.length, 8);
  const file = new Uint8Array(size);
  const view = viewOf(file);
  file.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  let at = 8;
  for (const [type, content] of chunks) {
    view.setUint32(at, content.length);
    file.set(new TextEncoder().encode(type), at + 4);
    file.set(content, at + 8);
    const end = at + 8 + content.length;
    view.setUint32(end, crc32(file.subarray(at + 4, end)));
    at = end + 4;
  }
  return file;
}

type Bytes = Uint8Array | Uint8ClampedArray;

/** The byte that names the filter, and the row under it: the one whose bytes, read as signed, are smallest in all. */
function filtered(row: Bytes, above: Bytes, pixelBytes: number): Uint8Array {
  let best = new Uint8Array();
  let smallest = Infinity;
  for (let filter = 0; filter < 5; filter++) {
    const line = new Uint8Array(1 + row.length);
    line[0] = filter;
    let sum = 0;
    for (let i = 0; i < row.length; i++) {
      const left = i < pixelBytes ? 0 : row[i - pixelBytes]!;
      const corner = i < pixelBytes ? 0 : above[i - pixelBytes]!;
      const byte = (row[i]! - prediction(filter, left, above[i]!, corner)) & 0xff;
      line[1 + i] = byte;
      sum += Math.min(byte, 256 - byte);
    }
    if (sum < smallest) [best, smallest] = [line, sum];
  }
  return best;
}

function prediction(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  return filter === 3 ? (left + up) >> 1 : paeth(left, up, corner);
}
