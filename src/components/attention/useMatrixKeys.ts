// The keys of a matrix: arrows, Page and End keys move the query; + and - zoom around it; Shift with arrows pans.

import type { KeyboardEvent } from 'react';
import type { MatrixProps } from './matrixProps.ts';
import { panned, showing, type View, wholeView, zoomed } from './view.ts';

type Steps = Readonly<Record<string, number>>;

const positions: Steps = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };
const pages: Steps = { PageUp: -1, PageDown: 1 };
const ends: Steps = { Home: -Infinity, End: Infinity };
const zooms: Steps = { '+': 2, '=': 2, '-': 0.5 };
/** Shares of a side, right and down. */
const pans: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-0.1, 0],
  ArrowRight: [0.1, 0],
  ArrowUp: [0, -0.1],
  ArrowDown: [0, 0.1],
};

type MatrixKeys = Pick<MatrixProps, 'length' | 'view' | 'onView' | 'query' | 'onQuery'>;

export function useMatrixKeys({ length, view, onView, query, onQuery }: MatrixKeys) {
  const move = (step: number) => {
    const next = Math.min(length - 1, Math.max(0, query + step));
    onQuery(next);
    const shown = showing(view, next, length);
    if (shown !== view) onView(shown);
  };
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    const pan = event.shiftKey ? pans[key] : undefined;
    const step = positions[key] ?? ends[key];
    const page = pages[key];
    const zoom = zooms[key];
    if (pan) onView(panned(view, ...pan, length));
    else if (step !== undefined) move(step);
    else if (page !== undefined) move(page * Math.max(1, Math.round(view.span / 8)));
    else if (zoom !== undefined) onView(zoomedAround(query, view, zoom, length));
    else if (key === '0') onView(wholeView(length));
    else return;
    event.preventDefault();
  };
}

/** Zoomed around a query's own cell on the diagonal, or the side of the view that is nearest to it. */
export function zoomedAround(query: number, view: View, factor: number, length: number): View {
  const share = (first: number) => Math.min(1, Math.max(0, (query + 0.5 - first) / view.span));
  return zoomed(view, factor, share(view.key), share(view.query), length);
}
