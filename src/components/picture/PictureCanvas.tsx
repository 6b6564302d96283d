// One picture with crisp pixels, filling in while it is made.

import { useLayoutEffect, useRef } from 'react';
import { rgb, useCanvasColours } from '../colours.ts';
import styles from './PictureCanvas.module.css';
import { type ImageMedium, paint, paintSurprise } from './paint.ts';

interface PictureCanvasProps {
  readonly bytes: Uint8Array;
  readonly medium: ImageMedium;
  /** Colours each pixel by its surprise. */
  readonly bits?: Float32Array | undefined;
  /** Marks the pixel that comes next. */
  readonly growing?: boolean;
  /** What the picture is, for those who do not see it; none where a list says it. */
  readonly label?: string;
}

export function PictureCanvas({ bytes, medium, bits, growing = false, label }: PictureCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useCanvasColours();
  const { width, height, channels } = medium;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const shape = { kind: 'image', width, height, channels } as const;
    const pixels = bits ? paintSurprise(bytes, bits, shape, rgb(colours.surprise)) : paint(bytes, shape);
    context.putImageData(new ImageData(pixels, width, height), 0, 0);
    const next = Math.floor(bytes.length / channels);
    if (growing && next < width * height) {
      context.fillStyle = colours.accent;
      context.fillRect(next % width, Math.floor(next / width), 1, 1);
    }
  }, [bytes, bits, growing, width, height, channels, colours]);
  return (
    <canvas
      ref={canvas}
      className={styles.canvas}
      width={width}
      height={height}
      style={{ aspectRatio: `${width} / ${height}` }}
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
    />
  );
}
