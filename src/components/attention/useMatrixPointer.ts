// Pointers on a matrix: hover marks, a click chooses, dragging pans, wheel and pinch zoom. At the whole view a wheel
// that would zoom out, and a finger that would pan, scroll the page as everywhere else.

import { type RefObject, useEffect, useRef } from 'react';
import type { MatrixProps } from './matrixProps.ts';
import { isWhole, panned, positionAt, zoomed } from './view.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Pixels that a pointer may move and still have clicked. */
const CLICK_SLACK = 4;

type MatrixPointer = Pick<MatrixProps, 'length' | 'view' | 'onView' | 'onHover' | 'onQuery'>;

export function useMatrixPointer(frame: RefObject<HTMLElement | null>, props: MatrixPointer): void {
  // The listeners stay while what they need changes with every step of a drag.
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const element = frame.current;
    return element ? listen(element, latest) : undefined;
  }, [frame]);
}

function listen(element: HTMLElement, latest: RefObject<MatrixPointer>): () => void {
  const pointers = new Map<number, Point>();
  let began: Point | null = null;
  let moved = false;

  const shareOf = ({ x, y }: Point): Point => {
    const box = element.getBoundingClientRect();
    return { x: (x - box.left) / box.width, y: (y - box.top) / box.height };
  };
  const queryAt = (event: PointerEvent): number => {
    const { view, length } = latest.current;
    return positionAt(view.query, view.span, shareOf(event).y, length);
  };
  const change = (view: MatrixPointer['view']) => {
    // Several events may come before the page has drawn the last one.
    latest.current = { ...latest.current, view };
    latest.current.onView(view);
  };
  const wheel = (event: WheelEvent) => {
    const { view, length } = latest.current;
    if (event.deltaY === 0 || (event.deltaY > 0 && isWhole(view, length) && !event.ctrlKey)) return;
    event.preventDefault();
    const { x, y } = shareOf(event);
    const speed = event.ctrlKey ? 0.01 : event.deltaMode === 0 ? 0.0022 : 0.06;
    change(zoomed(view, Math.exp(-event.deltaY * speed), x, y, length));
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, event);
    began = event;
    moved = pointers.size > 1;
  };
  const move = (event: PointerEvent) => {
    const { view, length, onHover } = latest.current;
    // A press that ended outside was never told to end.
    if (event.buttons === 0) up(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== 'touch') onHover?.(queryAt(event));
      return;
    }
    pointers.set(event.pointerId, event);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    const box = element.getBoundingClientRect();
    if (other) {
      const apart = (point: Point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      const middle = shareOf({ x: (event.x + other.x) / 2, y: (event.y + other.y) / 2 });
      change(zoomed(view, apart(event) / apart(before), middle.x, middle.y, length));
      return;
    }
    if (began && Math.hypot(event.x - began.x, event.y - began.y) > CLICK_SLACK && !moved) {
      moved = true;
      element.setPointerCapture(event.pointerId);
      element.dataset.dragging = 'true';
    }
    if (moved) {
      const [right, below] = [(before.x - event.x) / box.width, (before.y - event.y) / box.height];
      change(panned(view, right, below, length));
    }
  };
  const up = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId) || pointers.size > 0) return;
    if (!moved && event.type === 'pointerup') latest.current.onQuery(queryAt(event));
    delete element.dataset.dragging;
    began = null;
  };
  const leave = () => latest.current.onHover?.(null);

  element.addEventListener('wheel', wheel, { passive: false });
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('pointerleave', leave);
  return () => {
    element.removeEventListener('wheel', wheel);
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
    element.removeEventListener('pointerleave', leave);
  };
}
