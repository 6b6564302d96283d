// Where a byte stands, in the words of its medium, and how the keyboard goes from one to another.

import type { Medium } from '../../data/medium.ts';
import type { AttentionRow } from '../../model/attention.ts';
import { count } from '../format.ts';
import { topKeys } from './seen.ts';

type ImageMedium = Extract<Medium, { kind: 'image' }>;

export const CHANNELS = ['red', 'green', 'blue'] as const;

/** A byte by its index: "byte 97", "row 4, column 1, red", "sample 97, 24.0 ms". All but the time count from 1. */
export function placeWords(index: number, medium: Medium): string {
  switch (medium.kind) {
    case 'text':
      return `byte ${count(index + 1)}`;
    case 'image': {
      const { row, column, channel } = pixelOf(index, medium);
      const colour = medium.channels === 3 ? `, ${CHANNELS[channel]}` : '';
      return `row ${row + 1}, column ${column + 1}${colour}`;
    }
    case 'audio':
      return `sample ${count(index + 1)}, ${((1000 * index) / medium.rateHz).toFixed(1)} ms`;
  }
}

/** A row's key, which stands for the byte before it: see seen.ts. */
export function keyWords(key: number, medium: Medium): string {
  return key === 0 ? 'the start' : placeWords(key - 1, medium);
}

/** A position and what it looks at most; the position alone where the row is another one's. */
export function lookWords(query: number, row: AttentionRow | null, medium: Medium): string {
  const place = placeWords(query, medium);
  if (row?.query !== query) return place;
  const [top] = topKeys(row, 1);
  if (!top) return `${place}, which looks at nothing`;
  return `${place}, which looks most at ${keyWords(top.key, medium)}, ${Math.round(100 * top.weight)} per cent`;
}

/** Where a byte of a picture stands, counted from 0. */
export function pixelOf(index: number, { width, height, channels }: ImageMedium) {
  const pixel = Math.floor(index / channels) % (width * height);
  return { row: Math.floor(pixel / width), column: pixel % width, channel: index % channels };
}

/**
 * Where a key leads from a byte among `length`; null where it leads nowhere. On a picture, arrows go from pixel to pixel
 * in the same colour; on a sound, from sample to sample. A page is a tenth.
 */
export function movedBy(key: string, query: number, length: number, medium: Medium): number | null {
  const steps = medium.kind === 'image' ? stepsOnPicture(medium) : stepsOnLine(length);
  const step = steps[key];
  if (step !== undefined) {
    const to = query + step;
    if (to >= 0 && to < length) return to;
    // Past an end of a line lies its end; past the border of a picture lies nothing.
    return medium.kind === 'image' ? query : Math.max(0, Math.min(to, length - 1));
  }
  if (key === 'Home') return 0;
  return key === 'End' ? length - 1 : null;
}

type Steps = Readonly<Record<string, number>>;

function stepsOnPicture({ width, height, channels }: ImageMedium): Steps {
  const line = width * channels;
  const page = line * Math.max(1, Math.round(height / 10));
  return {
    ...{ ArrowLeft: -channels, ArrowRight: channels, ArrowUp: -line, ArrowDown: line },
    ...{ PageUp: -page, PageDown: page },
  };
}

function stepsOnLine(length: number): Steps {
  const page = Math.max(1, Math.round(length / 10));
  return {
    ...{ ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 },
    ...{ PageDown: -page, PageUp: page },
  };
}
