// The whole sequence as a strip, coloured where a position is known after so many layers.

import { useEffect, useRef } from 'react';
import { strength } from '../../components/attention/paint.ts';
import { css, usePalette } from '../../components/attention/palette.ts';
import styles from './PatternsPage.module.css';

interface ReachStripProps {
  /** How much of each column of positions is known (`reachColumns`). */
  readonly known: Float32Array;
  /** Where the position stands that knows of them, as a share of the length. */
  readonly at: number;
}

const WIDTH = 240;
const HEIGHT = 12;

export function ReachStrip({ known, at }: ReachStripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    context.fillStyle = css(palette.empty);
    context.fillRect(0, 0, WIDTH, HEIGHT);
    const width = WIDTH / known.length;
    for (const [column, share] of known.entries()) {
      if (share === 0) continue;
      context.fillStyle = css(palette.accent, strength(share));
      context.fillRect(Math.floor(column * width), 0, Math.ceil(width), HEIGHT);
    }
    context.fillStyle = css(palette.text);
    context.fillRect(at * WIDTH, 0, 2, HEIGHT);
  }, [known, at, palette]);
  return <canvas ref={canvas} width={WIDTH} height={HEIGHT} className={styles.reachStrip} />;
}
