// The keys of one query on a sound: the whole sequence from left to right, the waveform over the colours of what is
// looked at. A click chooses a position.

import { useElementSize } from '@mantine/hooks';
import { type PointerEvent, useEffect, useRef } from 'react';
import type { KeyRun } from '../../patterns/index.ts';
import { addRun, emptyRow } from './coverage.ts';
import { strength } from './paint.ts';
import { css, usePalette } from './palette.ts';
import styles from './WaveStrip.module.css';

interface WaveStripProps {
  readonly length: number;
  /** The sample at a position, from -1 to 1. */
  readonly sampleOf: (position: number) => number;
  readonly runs: readonly KeyRun[];
  readonly query: number;
  readonly onQuery?: (query: number) => void;
  readonly label: string;
}

const HEIGHT = 96;
/** Samples looked at for a column of pixels. */
const SAMPLES = 8;

export function WaveStrip({ length, sampleOf, runs, query, onQuery, label }: WaveStripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref, width } = useElementSize();
  const palette = usePalette();
  useEffect(() => {
    const target = canvas.current;
    const context = target?.getContext('2d');
    if (!target || !context || width === 0) return;
    const columns = Math.round(width);
    target.width = columns;
    target.height = HEIGHT;
    const perColumn = length / columns;
    const shares = emptyRow([...new Set(runs.map(({ factor }) => factor))], columns);
    for (const run of runs) {
      const share = shares.get(run.factor);
      if (share) addRun(share, run, 0, perColumn, 1);
    }
    context.fillStyle = css(palette.empty);
    context.fillRect(0, 0, (query + 1) / perColumn, HEIGHT);
    for (const [factor, share] of shares) {
      for (const [column, value] of share.entries()) {
        if (value === 0) continue;
        context.fillStyle = css(palette.factors[factor], strength(value));
        context.fillRect(column, 0, 1, HEIGHT);
      }
    }
    for (let column = 0; column < columns; column++) {
      let [low, high] = [1, -1];
      for (let i = 0; i <= SAMPLES; i++) {
        const value = sampleOf(Math.min(length - 1, Math.floor((column + i / SAMPLES) * perColumn)));
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      context.fillStyle = css(palette.text, column * perColumn > query ? 0.25 : 0.75);
      const y = (value: number) => (HEIGHT / 2) * (1 - 0.9 * value);
      context.fillRect(column, y(high), 1, Math.max(1, y(low) - y(high)));
    }
    context.fillStyle = css(palette.text);
    context.fillRect(query / perColumn - 1, 0, 2, HEIGHT);
  }, [length, sampleOf, runs, query, palette, width]);

  const choose = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const position = Math.floor(((event.clientX - box.left) / box.width) * length);
    onQuery?.(Math.min(length - 1, Math.max(0, position)));
  };
  return (
    <div ref={ref} className={styles.strip}>
      <canvas
        ref={canvas}
        className={styles.canvas}
        role="img"
        aria-label={label}
        onPointerDown={onQuery && choose}
      />
    </div>
  );
}
