// A picture, and what one of its bytes looked at when it was made. A pixel's bytes are drawn together: what they may
// look at is tinted, and the more weight, the stronger. Or every pixel by its surprise.

import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Medium } from '../../data/medium.ts';
import type { Factor } from '../../patterns/index.ts';
import { strength as strengthOf } from '../surprise/levels.ts';
import styles from './SeenPicture.module.css';
import type { SeenProps } from './SeenText.tsx';
import { brightness } from './seen.ts';
import { factorColour } from './WeightPicture.tsx';

interface SeenPictureProps extends SeenProps {
  readonly medium: Extract<Medium, { kind: 'image' }>;
}

const PIXELS = 420;

export function SeenPicture(props: SeenPictureProps) {
  const { medium, query, onQuery } = props;
  const { width, height, channels } = medium;
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme('light');
  const size = width * height * channels;
  /** Of several pictures, the one that holds the byte that looks. */
  const first = Math.floor(Math.min(query, Math.max(0, props.bytes.length - 1)) / size) * size;
  const scale = Math.max(1, Math.floor(PIXELS / Math.max(width, height)));
  useEffect(() => {
    if (canvas.current && scheme) draw(canvas.current, props, first, scale);
  });
  return (
    <canvas
      ref={canvas}
      className={styles.picture}
      style={{ aspectRatio: `${width} / ${height}` }}
      width={width * scale}
      height={height * scale}
      role="img"
      aria-label={`The picture, with what byte ${props.query + 1} looked at`}
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const column = Math.floor(((event.clientX - box.left) / box.width) * width);
        const row = Math.floor(((event.clientY - box.top) / box.height) * height);
        if (column < 0 || column >= width || row < 0 || row >= height) return;
        const next = first + (row * width + column) * channels;
        if (next < props.bytes.length) onQuery?.(next);
      }}
    />
  );
}

function draw(
  canvas: HTMLCanvasElement,
  { medium, bytes, query, seen, bits }: SeenPictureProps,
  first: number,
  scale: number,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { width, height, channels } = medium;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const colours = new Map<Factor, string>();
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = first + pixel * channels;
    const [x, y] = [(pixel % width) * scale, Math.floor(pixel / width) * scale];
    if (at < bytes.length) {
      const [red = 0, green = red, blue = red] = bytes.subarray(at, at + channels);
      context.globalAlpha = at > query && !bits ? 0.25 : 0.6;
      context.fillStyle = `rgb(${red} ${green} ${blue})`;
      context.fillRect(x, y, scale, scale);
    }
    const { colour, strength } = bits
      ? surprise(bits.subarray(at, at + channels))
      : weights(at, channels, seen);
    if (!colour) continue;
    const known =
      colour === 'surprise' ? getComputedStyle(canvas).getPropertyValue('--surprise') : colours.get(colour);
    const fill = known ?? factorColour(canvas, colour as Factor);
    if (colour !== 'surprise') colours.set(colour, fill);
    context.globalAlpha = strength;
    context.fillStyle = fill;
    context.fillRect(x, y, Math.max(1, scale - 1), Math.max(1, scale - 1));
  }
  const pixel = Math.floor((query - first) / channels);
  context.globalAlpha = 1;
  context.strokeStyle = getComputedStyle(canvas).color;
  context.lineWidth = 2;
  context.strokeRect(
    (pixel % width) * scale + 1,
    Math.floor(pixel / width) * scale + 1,
    scale - 2,
    scale - 2,
  );
}

function surprise(bits: Float32Array): { colour: 'surprise' | null; strength: number } {
  const sum = bits.reduce((total, value) => total + value, 0);
  return bits.length === 0
    ? { colour: null, strength: 0 }
    : { colour: 'surprise', strength: 0.85 * strengthOf(sum / bits.length) };
}

/** The factor and strength of a pixel: the sum over its bytes. */
function weights(at: number, channels: number, seen: SeenProps['seen']) {
  let colour: Factor | null = null;
  let [total, most] = [0, -1];
  for (let channel = 0; channel < channels; channel++) {
    const one = seen.bytes.get(at + channel);
    if (!one) continue;
    total += one.weight;
    if (one.weight > most) [colour, most] = [one.factor, one.weight];
  }
  return { colour, strength: 0.22 + 0.78 * brightness(total, seen.highest) };
}
