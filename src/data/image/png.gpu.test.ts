// PNG as Chromium decodes it: a second opinion on every kind.

import { expect, test } from 'vitest';
import { fitImage } from './fit.ts';
import type { Pixels } from './pixels.ts';
import { readPng } from './png-read.ts';
import { makePng, PNG_KINDS, withOrientation } from './testing.ts';

/** Pixels by the browser, over white. */
async function decoded(file: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(new Blob([file], { type: 'image/png' }), {
    colorSpaceConversion: 'none',
  });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d')!;
  context.fillStyle = 'white';
  context.fillRect(0, 0, bitmap.width, bitmap.height);
  context.drawImage(bitmap, 0, 0);
  const rgba = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  return Uint8Array.from({ length: (3 * rgba.length) / 4 }, (_, i) => rgba[4 * Math.floor(i / 3) + (i % 3)]!);
}

test.each(PNG_KINDS)('colour type %i of %i bits', async (colour, depth) => {
  for (const interlaced of [false, true]) {
    for (const keyed of colour < 4 ? [false, true] : [false]) {
      const { file } = makePng({ width: 13, height: 11, depth, colour, interlaced, keyed });
      const pixels: Pixels = readPng(file);
      const ours = fitImage(pixels, { height: 11, width: 13, channels: 3 });
      const theirs = await decoded(file);
      // Blending on a canvas rounds twice.
      const most = Math.max(...ours.map((byte, i) => Math.abs(byte - theirs[i]!)));
      expect(most).toBeLessThanOrEqual(pixels.channels % 2 === 0 ? 2 : 0);
    }
  }
});

test('a picture that was held otherwise', async () => {
  const { file } = makePng({ width: 13, height: 11, depth: 8, colour: 2 });
  for (let orientation = 1; orientation <= 8; orientation++) {
    const turned = withOrientation(file, orientation);
    const { width, height, data } = readPng(turned);
    expect([orientation, width, height]).toEqual([orientation, ...(orientation > 4 ? [11, 13] : [13, 11])]);
    expect(new Uint8Array(data)).toEqual(await decoded(turned));
  }
});
