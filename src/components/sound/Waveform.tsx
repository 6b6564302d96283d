// A sound as it is drawn: its waveform, growing while it is made, with a playhead while it plays. What the person
// gave is quiet; the model's part is strong.

import { useElementSize } from '@mantine/hooks';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { samplesOf } from '../../data/audio/mulaw.ts';
import { type CanvasColours, useCanvasColours } from '../colours.ts';
import { strength } from '../surprise/levels.ts';
import { type Envelope, envelope } from './envelope.ts';
import styles from './Waveform.module.css';

export type WaveformSize = 'small' | 'large';

interface WaveformProps {
  /** Mu-law samples. */
  readonly bytes: Uint8Array;
  /** Samples that the whole width stands for. */
  readonly length: number;
  /** Samples at the beginning that the person gave. */
  readonly given?: number;
  readonly bits?: Float32Array | undefined;
  /** Sample at the playhead; null where nothing plays. */
  readonly position?: number | null;
  readonly size?: WaveformSize;
  readonly label: string;
}

export function Waveform(props: WaveformProps) {
  const { bytes, length, given = 0, bits, position = null, size, label } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref, width, height } = useElementSize();
  const colours = useCanvasColours();
  const columns = Math.max(1, Math.round(width / 2));
  const drawn = useMemo(
    () => envelope(samplesOf(bytes), length, columns, bits),
    [bytes, length, columns, bits],
  );
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0) return;
    const scale = window.devicePixelRatio || 1;
    element.width = Math.round(width * scale);
    element.height = Math.round(height * scale);
    context.scale(scale, scale);
    const view = {
      width,
      height,
      colours,
      givenColumns: (given / length) * columns,
      coloured: bits !== undefined,
    };
    drawColumns(context, drawn, view);
    if (position !== null) {
      context.globalAlpha = 1;
      context.fillStyle = colours.accent;
      context.fillRect(Math.min(width - 2, (position / length) * width), 0, 2, height);
    }
  }, [drawn, width, height, colours, given, length, columns, bits, position]);
  return (
    <div className={styles.frame} ref={ref} data-size={size}>
      <canvas ref={canvas} className={styles.canvas} role="img" aria-label={label} />
    </div>
  );
}

interface View {
  readonly width: number;
  readonly height: number;
  readonly colours: CanvasColours;
  readonly givenColumns: number;
  readonly coloured: boolean;
}

function drawColumns(context: CanvasRenderingContext2D, drawn: Envelope, view: View): void {
  const { width, height, colours, givenColumns, coloured } = view;
  const columns = drawn.low.length;
  const step = width / columns;
  for (let column = 0; column < columns; column++) {
    const top = ((1 - (drawn.high[column] ?? 0)) / 2) * height;
    const bottom = ((1 - (drawn.low[column] ?? 0)) / 2) * height;
    const bar = [column * step, top, Math.max(1, step - 0.6), Math.max(1, bottom - top)] as const;
    context.globalAlpha = coloured ? 0.45 : column < givenColumns ? 0.7 : 1;
    context.fillStyle = coloured || column < givenColumns ? colours.dim : colours.text;
    context.fillRect(...bar);
    if (!coloured) continue;
    context.globalAlpha = strength(drawn.bits[column] ?? 0);
    context.fillStyle = colours.surprise;
    context.fillRect(...bar);
  }
}
