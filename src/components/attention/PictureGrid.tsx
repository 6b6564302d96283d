// The keys of one query on the grid of a picture, as in the paper's Figure 3: position p stands in row floor(p /
// columns). Earlier positions that are not looked at are pale, later ones empty. A click chooses a position.

import { type PointerEvent, useEffect, useRef } from 'react';
import { type KeyRun, markRun } from '../../patterns/index.ts';
import styles from './PictureGrid.module.css';
import { type Pixels, setPixel } from './paint.ts';
import { css, type Palette, usePalette } from './palette.ts';

interface PictureGridProps {
  readonly length: number;
  /** Positions in a row of the picture. */
  readonly columns: number;
  readonly runs: readonly KeyRun[];
  readonly query: number;
  readonly onQuery?: (query: number) => void;
  readonly label: string;
}

/** Pixels along the longer side of what is drawn. */
const SIDE = 512;

export function PictureGrid({ length, columns, runs, query, onQuery, label }: PictureGridProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const width = Math.min(columns, length);
  const rows = Math.ceil(length / width);
  // Cells are square, but in long and wide pictures, which are squeezed: three bytes of a pixel stand side by side.
  const shape = Math.min(1.25, Math.max(0.8, width / rows));
  const [across, down] = shape >= 1 ? [SIDE, Math.round(SIDE / shape)] : [Math.round(SIDE * shape), SIDE];

  useEffect(() => {
    const target = canvas.current;
    const context = target?.getContext('2d');
    if (!target || !context) return;
    target.width = across;
    target.height = down;
    const cells = new OffscreenCanvas(width, rows);
    const cellContext = cells.getContext('2d');
    if (!cellContext) return;
    const image = cellContext.createImageData(width, rows);
    drawCells(image, length, runs, query, palette);
    cellContext.putImageData(image, 0, 0);
    const cell = Math.min(across / width, down / rows);
    context.imageSmoothingEnabled = cell < 1;
    context.imageSmoothingQuality = 'high';
    context.drawImage(cells, 0, 0, across, down);
    if (cell >= 8) drawLines(context, width, rows, css(palette.card));
    if (cell < 8) drawRing(context, query, width, rows, css(palette.text));
  }, [length, width, rows, across, down, runs, query, palette]);

  const choose = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * width);
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
    onQuery?.(Math.min(length - 1, Math.max(0, row * width + column)));
  };
  return (
    <canvas
      ref={canvas}
      className={styles.grid}
      style={{ aspectRatio: `${across} / ${down}` }}
      role="img"
      aria-label={label}
      onPointerDown={onQuery && choose}
    />
  );
}

function drawCells(
  image: Pixels,
  length: number,
  runs: readonly KeyRun[],
  query: number,
  palette: Palette,
): void {
  // Later positions are a shade of the card: there, but not to be looked at.
  const later = palette.card.map((value, i) => Math.round((3 * value + (palette.empty[i] ?? 0)) / 4));
  const words = new Uint32Array(image.data.buffer);
  const shade = (rgb: readonly number[]) =>
    ((255 << 24) | ((rgb[2] ?? 0) << 16) | ((rgb[1] ?? 0) << 8) | (rgb[0] ?? 0)) >>> 0;
  words.fill(shade(later), query + 1, length);
  const past = palette.line.map((value, i) => Math.round((value + (palette.empty[i] ?? 0)) / 2));
  words.fill(shade(past), 0, query + 1);
  for (const run of runs) {
    markRun(words, run, shade(palette.factors[run.factor]));
  }
  setPixel(image.data, query, palette.text);
}

function drawLines(context: CanvasRenderingContext2D, width: number, rows: number, colour: string): void {
  const { width: across, height: down } = context.canvas;
  context.fillStyle = colour;
  const line = Math.max(2, Math.round((across / width) * 0.1));
  for (let column = 1; column < width; column++) {
    context.fillRect(Math.round((column * across) / width) - line / 2, 0, line, down);
  }
  for (let row = 1; row < rows; row++) {
    context.fillRect(0, Math.round((row * down) / rows) - line / 2, across, line);
  }
}

/** A ring around a position whose cell is too small to be found. */
function drawRing(
  context: CanvasRenderingContext2D,
  query: number,
  width: number,
  rows: number,
  colour: string,
): void {
  const { width: across, height: down } = context.canvas;
  const x = (((query % width) + 0.5) * across) / width;
  const y = ((Math.floor(query / width) + 0.5) * down) / rows;
  context.strokeStyle = colour;
  context.lineWidth = 3;
  context.beginPath();
  context.arc(x, y, 10, 0, 2 * Math.PI);
  context.stroke();
}
