// The brush, against what a round stroke covers.

import { expect, test } from 'vitest';
import { radiusFor, stroked } from './brush.ts';
import type { ImageMedium } from './paint.ts';

const grey: ImageMedium = { kind: 'image', height: 10, width: 12, channels: 1 };
const white = [255, 255, 255] as const;

test('a dot covers its middle, and nothing beyond its edge', () => {
  const dot = { x: 5.5, y: 4.5 };
  const painted = stroked(new Uint8Array(120), grey, { from: dot, to: dot, ink: white });
  expect(painted[4 * 12 + 5]).toBe(255);
  for (const [at, value] of painted.entries()) {
    const away = Math.hypot((at % 12) + 0.5 - dot.x, Math.floor(at / 12) + 0.5 - dot.y);
    if (away > radiusFor(grey) + 0.5) expect(value).toBe(0);
    else expect(value).toBeGreaterThanOrEqual(0);
  }
});

test('a line has no gaps, whichever way it goes', () => {
  const [left, right] = [
    { x: 1.5, y: 2.5 },
    { x: 10.5, y: 8.5 },
  ];
  const there = stroked(new Uint8Array(120), grey, { from: left, to: right, ink: white });
  const back = stroked(new Uint8Array(120), grey, { from: right, to: left, ink: white });
  expect(there).toEqual(back);
  for (let column = 1; column <= 10; column++) {
    const inked = Array.from({ length: 10 }, (_, row) => there[row * 12 + column] ?? 0);
    expect(Math.max(...inked)).toBeGreaterThan(100);
  }
});

test('colours cover what was there, and the picture before stays as it was', () => {
  const medium: ImageMedium = { kind: 'image', height: 4, width: 4, channels: 3 };
  const before = new Uint8Array(48).fill(200);
  const dot = { x: 1.5, y: 1.5 };
  const painted = stroked(before, medium, { from: dot, to: dot, ink: [10, 20, 30] });
  expect([...painted.subarray((4 + 1) * 3, (4 + 1) * 3 + 3)]).toEqual([10, 20, 30]);
  expect(before.every((byte) => byte === 200)).toBe(true);
});
