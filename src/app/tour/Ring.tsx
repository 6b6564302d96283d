// A ring around the part of the page that the tour speaks of, which is brought into view, and held there while the page
// above it fills, until someone scrolls.

import { type RefObject, useEffect, useState } from 'react';
import styles from './Tour.module.css';

const ROOM = 6;
const HEADER = 56;
const PHONE = 760;

interface RingProps {
  readonly heading: string | undefined;
  /** The tour's card, which may lie over the page. */
  readonly card: RefObject<HTMLElement | null>;
}

interface Box {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

export function Ring({ heading, card }: RingProps) {
  const [box, setBox] = useState<Box | null>(null);

  useEffect(() => {
    let frame = 0;
    let held: Held | null = null;
    const follow = () => {
      const part = partOf(heading);
      if (part) {
        if (part !== held?.part) bringIntoView(part, card.current);
        held = hold(part, held);
        const { top, left, width, height } = part.getBoundingClientRect();
        setBox((before) =>
          before?.top === top && before.left === left && before.width === width && before.height === height
            ? before
            : { top, left, width, height },
        );
      }
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [heading, card]);

  if (!box) return null;
  return (
    <div
      className={styles.ring}
      aria-hidden="true"
      style={{
        top: box.top - ROOM,
        left: box.left - ROOM,
        width: box.width + 2 * ROOM,
        height: box.height + 2 * ROOM,
      }}
    />
  );
}

/** Where a part was in the last frame. */
interface Held {
  readonly part: Element;
  readonly top: number;
  readonly scrollY: number;
  /** Nobody has scrolled since it was brought into view. */
  readonly still: boolean;
}

/** Scrolls along where a part was moved by what is above it. */
function hold(part: Element, before: Held | null): Held {
  const moved = part === before?.part ? part.getBoundingClientRect().top - before.top : 0;
  const scrolled = part === before?.part && scrollY !== before.scrollY;
  const still = part !== before?.part || (before.still && !(moved !== 0 && scrolled));
  if (still && moved !== 0) scrollBy({ top: moved, behavior: 'instant' });
  return { part, top: part.getBoundingClientRect().top, scrollY, still };
}

/** The part that begins with a heading; before it is there, and where the page has none such, the page's top. */
function partOf(heading: string | undefined): Element | null {
  const headings = [...document.querySelectorAll('main h1, main h2')];
  const found = heading && headings.find(({ textContent }) => textContent?.trim().startsWith(heading));
  return (found || headings[0])?.closest('section, header') ?? null;
}

function bringIntoView(part: Element, card: Element | null): void {
  const { top, bottom } = part.getBoundingClientRect();
  const covered = innerWidth <= PHONE ? (card?.getBoundingClientRect().height ?? 0) : 0;
  if (top >= HEADER && bottom <= innerHeight - covered) return;
  // At once: a page that glides away under a ring is hard to follow.
  scrollBy({ top: top - HEADER - 3 * ROOM, behavior: 'instant' });
}
