// A head's attention as a picture: a row for each position that looks, a column for each that is looked at. What the
// pattern allows has the factor's colour, dimly; the more weight, the brighter.

import { useComputedColorScheme } from '@mantine/core';
import { memo, useEffect, useRef } from 'react';
import type { Factor } from '../../patterns/index.ts';
import styles from './WeightPicture.module.css';
import type { DrawnCells } from './weightCells.ts';

/** How visible an allowed cell without weight is, from 0 to 1. */
const DIM = 0.2;
/** Pixels along a side, about; cells get a whole number each. */
const PIXELS = 1024;

interface WeightPictureProps {
  readonly cells: DrawnCells;
  /** Small pictures have a pixel for each cell. */
  readonly small?: boolean;
}

function Picture({ cells, small = false }: WeightPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme('light');
  const scale = small ? 1 : Math.max(1, Math.floor(PIXELS / Math.max(cells.rows, cells.columns)));
  useEffect(() => {
    if (canvas.current && scheme) draw(canvas.current, cells, scale);
  }, [cells, scale, scheme]);
  return (
    <canvas
      ref={canvas}
      className={styles.canvas}
      data-small={small || undefined}
      width={cells.columns * scale}
      height={cells.rows * scale}
    />
  );
}

/** Drawn anew only when its cells are others. */
export const WeightPicture = memo(Picture);

/** A factor's colour in the theme at hand. */
export function factorColour(element: Element, factor: Factor): string {
  return getComputedStyle(element).getPropertyValue(`--factor-${factor}`).trim() || '#888';
}

function draw(canvas: HTMLCanvasElement, cells: DrawnCells, scale: number): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  // A gap between cells makes the weave visible.
  const gap = scale >= 8 ? Math.max(1, Math.round(scale / 14)) : 0;
  for (const [index, factor] of cells.factors.entries()) {
    context.fillStyle = factorColour(canvas, factor);
    for (let cell = 0; cell < cells.factor.length; cell++) {
      if (cells.factor[cell] !== index) continue;
      context.globalAlpha = DIM + (1 - DIM) * (cells.brightness[cell] ?? 0);
      const x = (cell % cells.columns) * scale;
      const y = Math.floor(cell / cells.columns) * scale;
      context.fillRect(x, y, scale - gap, scale - gap);
    }
  }
}
