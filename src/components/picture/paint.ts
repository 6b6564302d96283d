// A model's bytes as the pixels of a canvas.

import { itemBytes, type Medium } from '../../data/medium.ts';
import { strength } from '../surprise/levels.ts';

export type ImageMedium = Extract<Medium, { kind: 'image' }>;

type Colour = readonly [red: number, green: number, blue: number];

/** RGBA of a picture of which some bytes may be missing still: pixels without any byte are transparent. */
export function paint(
  bytes: Uint8Array,
  { height, width, channels }: ImageMedium,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(height * width * 4);
  const count = Math.min(height * width, Math.ceil(bytes.length / channels));
  for (let pixel = 0; pixel < count; pixel++) {
    for (let c = 0; c < 3; c++) {
      pixels[4 * pixel + c] = bytes[pixel * channels + (channels === 1 ? 0 : c)] ?? 0;
    }
    pixels[4 * pixel + 3] = 255;
  }
  return pixels;
}

/** The same, dim and grey, with the surprise of each pixel over it: its channels' on average. */
export function paintSurprise(
  bytes: Uint8Array,
  bits: Float32Array,
  medium: ImageMedium,
  colour: Colour,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = paint(bytes, medium);
  const { channels } = medium;
  for (let pixel = 0; pixel < pixels.length / 4; pixel++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += bits[pixel * channels + c] ?? 0;
    const share = strength(sum / channels);
    const [red = 0, green = 0, blue = 0] = pixels.subarray(4 * pixel, 4 * pixel + 3);
    const grey = 24 + 0.35 * (0.299 * red + 0.587 * green + 0.114 * blue);
    for (let c = 0; c < 3; c++) pixels[4 * pixel + c] = grey + share * ((colour[c] ?? 0) - grey);
  }
  return pixels;
}

/** The pictures that lie in `bytes` one after another, the last perhaps not whole. */
export function pictures(bytes: Uint8Array, medium: ImageMedium): readonly Uint8Array[] {
  const size = itemBytes(medium);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}
