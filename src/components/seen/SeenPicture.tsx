// A picture, and what one of its bytes looked at when it was made. A pixel's bytes are drawn together: a frame around
// what they may look at, and in it a square whose area is the weight, so that the picture stays to be seen. Or every
// pixel by its surprise.

import { useLayoutEffect, useRef } from 'react';
import { rgb, useCanvasColours } from '../colours.ts';
import { type ImageMedium, paint, paintSurprise } from '../picture/paint.ts';
import { Chooser } from './Chooser.tsx';
import styles from './SeenPicture.module.css';
import type { SeenProps } from './SeenText.tsx';
import { type SeenPixel, seenPixels } from './seen.ts';
import { factorColour } from './WeightPicture.tsx';

interface SeenPictureProps extends SeenProps {
  readonly medium: ImageMedium;
}

/** Pixels of the canvas along its longer side: twice what a page shows, for sharp frames. */
const SIDE = 840;
/** Canvas pixels that a frame with something in it needs; in smaller cells the colour's strength has to do. */
const FRAMED = 10;

export function SeenPicture(props: SeenPictureProps) {
  const { medium, bytes, query, seen, bits } = props;
  const { width, height, channels } = medium;
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useCanvasColours();
  const size = width * height * channels;
  /** Of several pictures, the one that holds the byte that looks. */
  const first = Math.floor(Math.min(query, Math.max(0, bytes.length - 1)) / size) * size;
  const scale = Math.max(1, Math.floor(SIDE / Math.max(width, height)));
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const own = bytes.subarray(first, first + size);
    const pixels = bits
      ? paintSurprise(own, bits.subarray(first, first + size), medium, rgb(colours.surprise))
      : paint(own, medium);
    drawPixels(context, pixels, medium, scale);
    const pixel = Math.floor((query - first) / channels);
    if (!bits) {
      veil(context, pixel, medium, scale, colours.card);
      const marks = seenPixels(seen, medium, first);
      for (const [at, mark] of marks.pixels)
        drawMark(context, at, mark, marks.highest, { width, scale, ...colours });
    }
    drawOutline(context, pixel, { width, scale, ...colours });
  }, [bytes, bits, seen, query, first, size, scale, medium, width, channels, colours]);
  return (
    <Chooser
      {...props}
      name="The picture"
      byteAt={(x, y) => {
        const [column, row] = [Math.floor(x * width), Math.floor(y * height)];
        if (column < 0 || column >= width || row < 0 || row >= height) return null;
        // The colour that was chosen stays chosen.
        return first + (row * width + column) * channels + (query % channels);
      }}
    >
      <canvas
        ref={canvas}
        className={styles.picture}
        style={{ aspectRatio: `${width} / ${height}` }}
        width={width * scale}
        height={height * scale}
      />
    </Chooser>
  );
}

interface Drawing {
  /** Pixels in a row of the picture. */
  readonly width: number;
  /** Canvas pixels along a side of one. */
  readonly scale: number;
  readonly text: string;
  readonly card: string;
}

const cornerOf = (pixel: number, { width, scale }: Pick<Drawing, 'width' | 'scale'>) =>
  [(pixel % width) * scale, Math.floor(pixel / width) * scale] as const;

function drawPixels(
  context: CanvasRenderingContext2D,
  pixels: Uint8ClampedArray<ArrayBuffer>,
  { width, height }: ImageMedium,
  scale: number,
): void {
  const small = new OffscreenCanvas(width, height);
  small.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width * scale, height * scale);
}

/** What is made later is pale: it was not there yet. */
function veil(
  context: CanvasRenderingContext2D,
  pixel: number,
  { width, height }: ImageMedium,
  scale: number,
  colour: string,
): void {
  const [x, y] = cornerOf(pixel, { width, scale });
  context.globalAlpha = 0.65;
  context.fillStyle = colour;
  context.fillRect(x, y, width * scale - x, scale);
  context.fillRect(0, y + scale, width * scale, height * scale);
  context.globalAlpha = 1;
}

function drawMark(
  context: CanvasRenderingContext2D,
  pixel: number,
  { factor, weight }: SeenPixel,
  highest: number,
  drawing: Drawing,
): void {
  const { scale, card } = drawing;
  const [x, y] = cornerOf(pixel, drawing);
  const share = highest > 0 ? weight / highest : 0;
  const colour = factorColour(context.canvas, factor);
  context.fillStyle = colour;
  if (scale < FRAMED) {
    context.globalAlpha = 0.35 + 0.65 * Math.sqrt(share);
    context.fillRect(x, y, scale, scale);
    context.globalAlpha = 1;
    return;
  }
  // On a picture of any colours, a mark needs a quiet ground of its own.
  context.globalAlpha = 0.6;
  context.fillStyle = card;
  context.fillRect(x, y, scale, scale);
  context.globalAlpha = 1;
  const line = Math.max(1, Math.round(scale / 16));
  context.lineWidth = line;
  context.strokeStyle = colour;
  context.strokeRect(x + line, y + line, scale - 2 * line, scale - 2 * line);
  const side = Math.sqrt(share) * (scale - 5 * line);
  if (side < 1) return;
  context.fillStyle = colour;
  context.fillRect(x + (scale - side) / 2, y + (scale - side) / 2, side, side);
}

function drawOutline(context: CanvasRenderingContext2D, pixel: number, drawing: Drawing): void {
  const { scale, text, card } = drawing;
  const [x, y] = cornerOf(pixel, drawing);
  const line = Math.max(3, Math.round(scale / 10));
  context.lineWidth = 2 * line;
  context.strokeStyle = card;
  context.strokeRect(x, y, scale, scale);
  context.lineWidth = line;
  context.strokeStyle = text;
  context.strokeRect(x, y, scale, scale);
}
