// A picture of any size as the picture that a model reads: its middle, in the right proportions, each new pixel the
// mean of what it covers, on white where it is transparent, in grey by the luma of Rec. 709.

import type { Pixels } from './pixels.ts';

export interface PictureShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** [height, width, channels], channel fastest. */
export function fitImage(pixels: Pixels, shape: PictureShape): Uint8Array<ArrayBuffer> {
  const { height, width, channels } = shape;
  if (pixels.width === width && pixels.height === height && pixels.channels === channels) {
    return new Uint8Array(pixels.data);
  }
  const scale = Math.min(pixels.width / width, pixels.height / height);
  const columns = coverage(pixels.width, width, scale);
  const rows = coverage(pixels.height, height, scale);
  const colours = pixels.channels < 3 ? 1 : 3;
  // Row by row: a source row shrunk to the new width, then added to the new rows that it reaches into.
  const sums = new Float64Array(height * width * colours);
  const line = new Float64Array(pixels.width * colours);
  const narrow = new Float64Array(width * colours);
  const [first, end] = [rows[0]!.first, rows.at(-1)!.end];
  let top = 0;
  for (let y = first; y < end; y++) {
    onWhite(pixels, y, columns[0]!.first, columns.at(-1)!.end, line);
    shrink(line, columns, colours, narrow);
    while (rows[top]!.end <= y) top += 1;
    for (let row = top; row < height && rows[row]!.first <= y; row++) {
      const weight = weightAt(rows[row]!, y);
      for (let i = 0; i < narrow.length; i++) sums[row * narrow.length + i]! += weight * narrow[i]!;
    }
  }
  return inChannels(sums, colours, channels);
}

/** The source pixels [first, end) that a new pixel covers, from `from` to `to`. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly end: number;
}

/** For each of `count` new pixels, `scale` source pixels wide, around the middle of `size` source pixels. */
function coverage(size: number, count: number, scale: number): Span[] {
  const start = (size - count * scale) / 2;
  return Array.from({ length: count }, (_, index) => {
    const from = Math.max(0, start + index * scale);
    const to = Math.min(size, start + (index + 1) * scale);
    // Rounding must not make a span of nothing.
    const first = Math.min(size - 1, Math.floor(from + 1e-9));
    return { from, to, first, end: Math.max(first + 1, Math.min(size, Math.ceil(to - 1e-9))) };
  });
}

/** The share of a span that the source pixel `at` makes up. */
function weightAt({ from, to }: Span, at: number): number {
  return Math.max(0, Math.min(to, at + 1) - Math.max(from, at)) / (to - from);
}

/** The pixels [first, end) of a source row, their colours over white. */
function onWhite(
  { width, channels, data }: Pixels,
  y: number,
  first: number,
  end: number,
  line: Float64Array,
): void {
  const hasAlpha = channels % 2 === 0;
  const colours = hasAlpha ? channels - 1 : channels;
  for (let x = first; x < end; x++) {
    const at = (y * width + x) * channels;
    const alpha = hasAlpha ? data[at + colours]! / 255 : 1;
    for (let c = 0; c < colours; c++) line[x * colours + c] = 255 + alpha * (data[at + c]! - 255);
  }
}

function shrink(line: Float64Array, columns: readonly Span[], colours: number, narrow: Float64Array): void {
  narrow.fill(0);
  for (const [column, span] of columns.entries()) {
    for (let x = span.first; x < span.end; x++) {
      const weight = weightAt(span, x);
      for (let c = 0; c < colours; c++) narrow[column * colours + c]! += weight * line[x * colours + c]!;
    }
  }
}

function inChannels(sums: Float64Array, colours: number, channels: 1 | 3): Uint8Array<ArrayBuffer> {
  const pixels = sums.length / colours;
  const bytes = new Uint8Array(pixels * channels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const [r = 0, g = r, b = r] = sums.subarray(pixel * colours, (pixel + 1) * colours);
    if (channels === 3) bytes.set([Math.round(r), Math.round(g), Math.round(b)], 3 * pixel);
    else bytes[pixel] = Math.round(colours === 1 ? r : 0.2126 * r + 0.7152 * g + 0.0722 * b);
  }
  return bytes;
}
