// What the bytes are drawn on, to choose one of them by pointer, touch or arrow keys; or only to be looked at.

import type { ReactNode, PointerEvent as ReactPointerEvent } from 'react';
import type { Medium } from '../../data/medium.ts';
import styles from './Chooser.module.css';
import { lookWords, movedBy } from './places.ts';
import type { SeenProps } from './SeenText.tsx';

interface ChooserProps extends Pick<SeenProps, 'bytes' | 'query' | 'row' | 'onQuery'> {
  readonly medium: Medium;
  /** "The picture". */
  readonly name: string;
  /** The byte at a place, given as shares of width and height; null where there is none. */
  readonly byteAt: (x: number, y: number) => number | null;
  readonly children: ReactNode;
}

export function Chooser({ medium, name, bytes, query, row, onQuery, byteAt, children }: ChooserProps) {
  const looks = lookWords(query, row, medium);
  if (!onQuery) {
    return (
      <div className={styles.chooser} role="img" aria-label={`${name}: ${looks}`}>
        {children}
      </div>
    );
  }
  const choose = (event: ReactPointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = byteAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    if (at !== null && at >= 0 && at < bytes.length) onQuery(at);
  };
  return (
    <div
      className={styles.chooser}
      data-chooses
      role="slider"
      tabIndex={0}
      aria-label={`${name}: the byte that looks`}
      aria-valuemin={1}
      aria-valuemax={bytes.length}
      aria-valuenow={query + 1}
      aria-valuetext={looks}
      onPointerDown={choose}
      onPointerMove={choose}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const to = movedBy(event.key, query, bytes.length, medium);
        if (to === null) return;
        event.preventDefault();
        onQuery(to);
      }}
    >
      {children}
    </div>
  );
}
