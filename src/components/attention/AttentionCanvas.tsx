// A square matrix of queries (down) and keys (across) as a canvas that zooms and pans, from the whole of it to single
// cells, with one query's row marked. What is painted is up to a `Painter`: a pattern's cells, or learnt weights.
//
// To a keyboard and to a screen reader it is a slider over the queries: arrows move the query, + and - zoom, Shift with
// arrows pans, 0 shows the whole. A pointer's hover marks a query for the moment, a click chooses it; wheel and pinch
// zoom, dragging pans. The canvas is painted again only when the picture changes, not when the mark moves.

import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import styles from './AttentionCanvas.module.css';
import { cellLines } from './lines.ts';
import type { MatrixProps } from './matrixProps.ts';
import { css, usePalette } from './palette.ts';
import { useMatrixKeys } from './useMatrixKeys.ts';
import { useMatrixPointer } from './useMatrixPointer.ts';
import { isWhole } from './view.ts';

/** More pixels a side than this show nothing more. */
const MAX_PIXELS = 1024;
/** Cells of at least so many pixels are told apart by lines. */
const CELL_LINES_FROM = 5;

export function AttentionCanvas(props: MatrixProps) {
  const { length, view, query, paint, label, queryText } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref: sizeRef, width } = useElementSize();
  const frame = useRef<HTMLDivElement>(null);
  const palette = usePalette();
  const pixels = Math.min(MAX_PIXELS, Math.round(width * (globalThis.devicePixelRatio || 1)));
  useMatrixPointer(frame, props);
  const onKeyDown = useMatrixKeys(props);

  useEffect(() => {
    const target = canvas.current;
    if (!target || pixels === 0) return;
    const request = requestAnimationFrame(() => {
      target.width = pixels;
      target.height = pixels;
      const context = target.getContext('2d');
      if (!context) return;
      const image = context.createImageData(pixels, pixels);
      paint(image, view, palette);
      context.putImageData(image, 0, 0);
      const cell = pixels / view.span;
      if (cell >= CELL_LINES_FROM) cellLines(context, view, pixels, css(palette.card));
    });
    return () => cancelAnimationFrame(request);
  }, [paint, view, palette, pixels]);

  const top = (query - view.query) / view.span;
  const height = 1 / view.span;
  const shown = top + height > 0 && top < 1;
  return (
    <div
      ref={useMergedRef(frame, sizeRef)}
      className={styles.frame}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={length - 1}
      aria-valuenow={query}
      aria-valuetext={queryText}
      data-zoomed={!isWhole(view, length) || undefined}
      onKeyDown={onKeyDown}
    >
      <canvas ref={canvas} className={styles.canvas} />
      {shown && (
        <div
          className={styles.row}
          style={{ top: `${100 * Math.max(0, top)}%`, height: `${100 * Math.min(height, 1 - top)}%` }}
        />
      )}
    </div>
  );
}
