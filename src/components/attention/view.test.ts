// Zooming and panning stay in the matrix, and a point under the pointer stays under it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clampView, panned, positionAt, showing, wholeView, zoomed } from './view.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const views = fc
  .tuple(fc.integer({ min: 1, max: 2 ** 20 }), share, share, share)
  .map(([length, query, key, span]) => ({
    length,
    view: clampView({ query: query * length, key: key * length, span: span * length }, length),
  }));

const inside = ({ query, key, span }: ReturnType<typeof wholeView>, length: number) => {
  expect(span).toBeGreaterThanOrEqual(Math.min(8, length));
  expect(span).toBeLessThanOrEqual(length);
  for (const corner of [query, key]) {
    expect(corner).toBeGreaterThanOrEqual(0);
    expect(corner + span).toBeLessThanOrEqual(length + 1e-6);
  }
};

test('whatever is done, the view lies in the matrix', () => {
  fc.assert(
    fc.property(
      views,
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      share,
      share,
      ({ length, view }, factor, x, y) => {
        inside(view, length);
        inside(zoomed(view, factor, x, y, length), length);
        inside(panned(view, 4 * x - 2, 4 * y - 2, length), length);
        const query = positionAt(0, length, x, length);
        const shown = showing(view, query, length);
        inside(shown, length);
        expect(query).toBeGreaterThanOrEqual(shown.query - 1);
        expect(query).toBeLessThan(shown.query + shown.span);
      },
    ),
  );
});

test('zooming in keeps the point under the pointer', () => {
  fc.assert(
    fc.property(
      views,
      fc.double({ min: 1, max: 100, noNaN: true }),
      share,
      share,
      ({ length, view }, factor, x, y) => {
        const closer = zoomed(view, factor, x, y, length);
        expect(closer.key + x * closer.span).toBeCloseTo(view.key + x * view.span, 4);
        expect(closer.query + y * closer.span).toBeCloseTo(view.query + y * view.span, 4);
      },
    ),
  );
});

test('from the whole to single cells and back', () => {
  const length = 2 ** 20;
  let view = wholeView(length);
  for (let step = 0; step < 40; step++) view = zoomed(view, 2, 0.3, 0.6, length);
  expect(view.span).toBe(8);
  for (let step = 0; step < 40; step++) view = zoomed(view, 0.5, 0.9, 0.1, length);
  expect(view).toEqual(wholeView(length));
});
