// The lines between cells, when they are large enough to be told apart.

import type { View } from './view.ts';

export function cellLines(
  context: CanvasRenderingContext2D,
  { query, key, span }: View,
  pixels: number,
  colour: string,
): void {
  const cell = pixels / span;
  // Only on what is painted: the future stays plain.
  context.globalCompositeOperation = 'source-atop';
  context.fillStyle = colour;
  const width = Math.max(1, Math.round(cell * 0.08));
  for (let at = Math.ceil(key); at < key + span; at++) {
    context.fillRect(Math.round((at - key) * cell) - Math.floor(width / 2), 0, width, pixels);
  }
  for (let at = Math.ceil(query); at < query + span; at++) {
    context.fillRect(0, Math.round((at - query) * cell) - Math.floor(width / 2), pixels, width);
  }
}
