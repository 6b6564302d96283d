// A small picture to draw on, in the pixels that the model sees: with a pointer, or with the arrow keys, which draw
// while Shift is held.

import { Button } from '@mantine/core';
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { itemBytes } from '../../data/medium.ts';
import { rgb } from '../colours.ts';
import { type Point, stroked } from './brush.ts';
import { PictureCanvas } from './PictureCanvas.tsx';
import type { ImageMedium } from './paint.ts';
import styles from './SketchPad.module.css';

interface SketchPadProps {
  readonly medium: ImageMedium;
  /** The drawing, and its rows down to where the pen came: what ends there can be gone on with. */
  readonly onDone: (bytes: Uint8Array, rows: number) => void;
  readonly onCancel: () => void;
}

const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function SketchPad({ medium, onDone, onCancel }: SketchPadProps) {
  const { width, height, channels } = medium;
  const [bytes, setBytes] = useState<Uint8Array>(() => new Uint8Array(itemBytes(medium)));
  const [ink, setInk] = useState('#ffffff');
  /** Where the pen is: down while a pointer is pressed, and where the keys have moved it. */
  const [pen, setPen] = useState<Point>({ x: width / 2, y: height / 4 });
  const [rows, setRows] = useState(0);
  const drawTo = (from: Point, to: Point) => {
    setBytes((before) => stroked(before, medium, { from, to, ink: rgb(ink) }));
    setRows((before) => Math.min(height, Math.max(before, Math.floor(Math.max(from.y, to.y)) + 1)));
    setPen(to);
  };
  const clear = () => {
    setBytes(new Uint8Array(itemBytes(medium)));
    setRows(0);
  };
  const at = (event: PointerEvent<HTMLElement>): Point => {
    const { left, top, width: across, height: down } = event.currentTarget.getBoundingClientRect();
    return { x: ((event.clientX - left) / across) * width, y: ((event.clientY - top) / down) * height };
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    const within = (value: number, most: number) => Math.min(most - 0.5, Math.max(0.5, value));
    const to = { x: within(pen.x + step[0], width), y: within(pen.y + step[1], height) };
    if (event.shiftKey) drawTo(pen, to);
    else setPen(to);
  };
  return (
    <div className={styles.sketch}>
      <div
        className={styles.pad}
        role="application"
        aria-label={`Drawing pad of ${width} x ${height} pixels. Arrow keys move the pen, with Shift they draw.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is drawn on with keys.
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drawTo(at(event), at(event));
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) drawTo(pen, at(event));
        }}
      >
        <PictureCanvas bytes={bytes} medium={medium} />
        <i
          className={styles.pen}
          style={{ left: `${(100 * pen.x) / width}%`, top: `${(100 * pen.y) / height}%` }}
          aria-hidden="true"
        />
      </div>
      <div className={styles.buttons}>
        {channels === 3 && (
          <input
            type="color"
            className={styles.ink}
            aria-label="Ink"
            value={ink}
            onChange={(event) => setInk(event.currentTarget.value)}
          />
        )}
        <Button size="xs" variant="filled" disabled={rows === 0} onClick={() => onDone(bytes, rows)}>
          Let it finish
        </Button>
        <Button size="xs" disabled={rows === 0} onClick={clear}>
          Clear
        </Button>
        <Button size="xs" variant="subtle" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
