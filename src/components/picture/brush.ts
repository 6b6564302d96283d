// A round, soft brush on a picture's bytes.

import type { ImageMedium } from './paint.ts';

export interface Point {
  /** Pixels from the left edge and from the top, the middle of the first pixel at 0.5. */
  readonly x: number;
  readonly y: number;
}

export type Ink = readonly [red: number, green: number, blue: number];

/** Radius for a picture of this size: about that of the strokes of MNIST, which are 20 pixels high. */
export const radiusFor = ({ height }: ImageMedium): number => Math.max(0.6, height / 25);

/** How far a point lies from the line between two others. */
function distance({ x, y }: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / length));
  return Math.hypot(x - from.x - along * dx, y - from.y - along * dy);
}

/** The picture with a stroke over it: covered within the radius, fading over one pixel at its edge. */
export function stroked(
  bytes: Uint8Array,
  medium: ImageMedium,
  stroke: { readonly from: Point; readonly to: Point; readonly ink: Ink },
): Uint8Array {
  const { height, width, channels } = medium;
  const radius = radiusFor(medium);
  const { from, to, ink } = stroke;
  const painted = bytes.slice();
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const away = distance({ x: column + 0.5, y: row + 0.5 }, from, to);
      const cover = Math.min(1, Math.max(0, radius + 0.5 - away));
      if (cover === 0) continue;
      for (let c = 0; c < channels; c++) {
        const at = (row * width + column) * channels + c;
        const before = painted[at] ?? 0;
        painted[at] = Math.round(before + cover * ((ink[c] ?? 0) - before));
      }
    }
  }
  return painted;
}
