// A sound as a waveform, and what one of its samples looked at when it was made: what it may look at stands on a
// coloured line, and the more weight, the higher the bar below. Or a bar for the surprise of every stretch.

import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { samplesOf } from '../../data/audio/mulaw.ts';
import type { Factor } from '../../patterns/index.ts';
import { strength } from '../surprise/levels.ts';
import styles from './SeenSound.module.css';
import type { SeenProps } from './SeenText.tsx';
import { brightness } from './seen.ts';
import { factorColour } from './WeightPicture.tsx';

const WIDTH = 960;
const WAVE = 150;
const BARS = 90;

export function SeenSound(props: SeenProps) {
  const { bytes, onQuery } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    if (canvas.current && scheme) draw(canvas.current, props);
  });
  return (
    <canvas
      ref={canvas}
      className={styles.sound}
      width={WIDTH}
      height={WAVE + BARS}
      role="img"
      aria-label={`The sound, with what byte ${props.query + 1} looked at`}
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const at = Math.floor(((event.clientX - box.left) / box.width) * bytes.length);
        if (at >= 0 && at < bytes.length) onQuery?.(at);
      }}
    />
  );
}

function draw(canvas: HTMLCanvasElement, { bytes, query, seen, bits }: SeenProps): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const style = getComputedStyle(canvas);
  context.clearRect(0, 0, WIDTH, WAVE + BARS);
  const samples = samplesOf(bytes);
  const columns = Math.min(WIDTH, Math.max(1, bytes.length));
  const width = WIDTH / columns;
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * bytes.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * bytes.length) / columns));
    const x = column * width;
    let [low, high] = [1, -1];
    for (let at = from; at < to && at < bytes.length; at++) {
      const value = samples[at] ?? 0;
      [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
    context.globalAlpha = from > query && !bits ? 0.3 : 0.85;
    context.fillStyle = style.color;
    const top = (WAVE / 2) * (1 - high);
    context.fillRect(x, top, Math.max(1, width - 0.5), Math.max(1.5, (WAVE / 2) * (high - low)));
    context.globalAlpha = 1;
    if (bits) {
      const mean = bits.subarray(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
      context.fillStyle = style.getPropertyValue('--surprise');
      const height = (BARS - 8) * strength(mean);
      context.fillRect(x, WAVE + BARS - height, Math.max(1, width - 0.5), height);
      continue;
    }
    const { factor, weight } = heaviest(from, to, seen);
    if (!factor) continue;
    context.fillStyle = factorColour(canvas, factor);
    context.fillRect(x, WAVE + 4, Math.max(1, width), 3);
    const height = (BARS - 12) * brightness(weight, seen.highest);
    context.fillRect(x, WAVE + 8, Math.max(1, width - 0.5), height);
  }
  context.fillStyle = style.getPropertyValue('--accent');
  context.fillRect((query / Math.max(1, bytes.length)) * WIDTH, 0, Math.max(2, width), WAVE + BARS);
}

/** Of a stretch of samples, the one that is looked at most. */
function heaviest(from: number, to: number, seen: SeenProps['seen']) {
  let [factor, weight]: [Factor | null, number] = [null, -1];
  for (let at = from; at < to; at++) {
    const one = seen.bytes.get(at);
    if (one && one.weight > weight) [factor, weight] = [one.factor, one.weight];
  }
  return { factor, weight: Math.max(0, weight) };
}
