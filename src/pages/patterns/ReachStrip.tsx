// The whole sequence as a strip, coloured where a position is known after so many layers.

import { useEffect, useRef } from 'react';
import { strength } from '../../components/attention/paint.ts';
import { css, usePalette } from '../../components/attention/palette.ts';
import styles from './PatternsPage.module.css';

interface ReachStripProps {
  /** After how many layers each position is known first. */
  readonly reached: Uint8Array;
  readonly layers: number;
  readonly length: number;
}

const WIDTH = 240;
const HEIGHT = 12;

export function ReachStrip({ reached, layers, length }: ReachStripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const columns = Math.min(WIDTH, length);
    const known = new Float32Array(columns);
    const perColumn = length / columns;
    for (const [position, layer] of reached.entries()) {
      if (layer <= layers)
        known[Math.floor(position / perColumn)] = (known[Math.floor(position / perColumn)] ?? 0) + 1;
    }
    context.fillStyle = css(palette.empty);
    context.fillRect(0, 0, WIDTH, HEIGHT);
    const width = WIDTH / columns;
    for (const [column, sum] of known.entries()) {
      if (sum === 0) continue;
      context.fillStyle = css(palette.accent, strength(sum / perColumn));
      context.fillRect(Math.floor(column * width), 0, Math.ceil(width), HEIGHT);
    }
    context.fillStyle = css(palette.text);
    context.fillRect(((reached.length - 1) / length) * WIDTH, 0, 2, HEIGHT);
  }, [reached, layers, length, palette]);
  return <canvas ref={canvas} width={WIDTH} height={HEIGHT} className={styles.reachStrip} />;
}
