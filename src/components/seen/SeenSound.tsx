// A sound as a waveform, and what one of its samples looked at when it was made: behind the wave a band of colour where it
// may look, below it bars as high as the weights. Or bars for the surprise of every stretch.

import { useElementSize } from '@mantine/hooks';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { samplesOf } from '../../data/audio/mulaw.ts';
import type { Medium } from '../../data/medium.ts';
import { type CanvasColours, useCanvasColours } from '../colours.ts';
import { type Envelope, envelope } from '../sound/envelope.ts';
import { strength } from '../surprise/levels.ts';
import { Chooser } from './Chooser.tsx';
import styles from './SeenSound.module.css';
import type { SeenProps } from './SeenText.tsx';
import { heaviest } from './seen.ts';
import { factorColour } from './WeightPicture.tsx';

interface SeenSoundProps extends SeenProps {
  readonly medium: Extract<Medium, { kind: 'audio' }>;
}

/** CSS pixels: the wave, the line that says what may be looked at, and the bars. */
const WAVE = 132;
const LINE = 4;
const GAP = 6;
const BARS = 64;
const HEIGHT = WAVE + GAP + BARS;
/** How strongly the ground of what may be looked at is coloured. */
const BAND = 0.2;

export function SeenSound(props: SeenSoundProps) {
  const { bytes, query, seen, bits } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref, width } = useElementSize();
  const colours = useCanvasColours();
  const length = Math.max(1, bytes.length);
  const samples = useMemo(() => samplesOf(bytes), [bytes]);
  const columns = Math.max(1, Math.min(length, Math.round(width)));
  const drawn = useMemo(() => envelope(samples, length, columns, bits), [samples, length, columns, bits]);
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    element.width = Math.round(width * ratio);
    element.height = Math.round(HEIGHT * ratio);
    context.scale(ratio, ratio);
    const step = width / columns;
    for (let column = 0; column < columns; column++) {
      const [from, to] = [(column * length) / columns, ((column + 1) * length) / columns];
      if (bits) drawBits(context, column * step, step, drawn.bits[column] ?? 0, colours);
      else drawWeight(context, column * step, step, heaviest(Math.floor(from), Math.floor(to), seen));
    }
    drawWave(context, drawn, width, (query / length) * width, bits ? null : colours.card, colours);
    const own = Math.max(2, width / length);
    context.fillStyle = colours.accent;
    context.fillRect(Math.min(width - own, (query / length) * width), 0, own, HEIGHT);
  }, [bits, seen, query, length, drawn, columns, width, colours]);
  return (
    <Chooser {...props} name="The sound" byteAt={(x) => Math.floor(x * bytes.length)}>
      <div ref={ref} className={styles.sound} style={{ height: HEIGHT }}>
        <canvas ref={canvas} className={styles.canvas} />
      </div>
    </Chooser>
  );
}

/** Ground of the wave, line below it, and bar of one column. */
function drawWeight(
  context: CanvasRenderingContext2D,
  x: number,
  step: number,
  { factor, share }: ReturnType<typeof heaviest>,
): void {
  if (!factor) return;
  const bar = Math.max(1, step - (step > 3 ? 1 : 0));
  context.fillStyle = factorColour(context.canvas, factor);
  context.globalAlpha = BAND;
  context.fillRect(x, 0, Math.max(1, step), WAVE);
  context.globalAlpha = 1;
  context.fillRect(x, WAVE - LINE, Math.max(1, step), LINE);
  context.fillRect(x, HEIGHT - share * BARS, bar, share * BARS);
}

function drawBits(
  context: CanvasRenderingContext2D,
  x: number,
  step: number,
  bits: number,
  { surprise }: CanvasColours,
): void {
  const bar = Math.max(1, step - (step > 3 ? 1 : 0));
  const height = strength(bits) * BARS;
  context.fillStyle = surprise;
  context.fillRect(x, HEIGHT - height, bar, height);
  context.globalAlpha = 0.5 * strength(bits);
  context.fillRect(x, 0, Math.max(1, step), WAVE);
  context.globalAlpha = 1;
}

/** One line through all samples, or where many share a column, from the lowest to the highest of each. */
function drawWave(
  context: CanvasRenderingContext2D,
  { low, high }: Envelope,
  width: number,
  made: number,
  veil: string | null,
  { text }: CanvasColours,
): void {
  const step = width / low.length;
  const y = (value: number) => ((1 - 0.94 * value) / 2) * (WAVE - LINE);
  context.strokeStyle = text;
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  context.beginPath();
  for (const [column, least] of low.entries()) {
    const x = (column + 0.5) * step;
    context.lineTo(x, y(high[column] ?? least));
    context.lineTo(x, y(least));
  }
  context.stroke();
  if (veil === null) return;
  // What is made later is pale: it was not there yet.
  context.globalAlpha = 0.65;
  context.fillStyle = veil;
  context.fillRect(made, 0, width - made, WAVE);
  context.globalAlpha = 1;
}
