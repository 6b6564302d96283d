// A text in rows of one stride, and what the next byte of it looks at: in the last row's worth, the local weft;
// straight above, the column warp. Pointing at a letter moves the question there.

import { useState } from 'react';
import { keyPosition, keyRange, queryOf, segmentsOf } from '../patterns/index.ts';
import styles from './WovenText.module.css';

interface WovenTextProps {
  readonly text: string;
  readonly stride: number;
}

/** The factor that lets `position` see each earlier one, where one does. */
function seenFrom(position: number, stride: number, length: number): ReadonlyMap<number, string> {
  const seen = new Map<number, string>();
  const geometry = { stride, summaryCells: 1, nHead: 1 };
  for (const segment of segmentsOf(['local', 'column'], geometry, length)) {
    const { group, row } = queryOf(segment, position);
    const { lo, hi } = keyRange(segment, 0, row);
    for (let key = lo; key < hi; key++) seen.set(keyPosition(segment, 0, group, key), segment.factor);
  }
  return seen;
}

export function WovenText({ text, stride }: WovenTextProps) {
  const [position, setPosition] = useState(text.length - 1);
  const seen = seenFrom(position, stride, text.length);
  const letters = Array.from(text, (letter, index) => ({ letter, index }));
  return (
    <div
      className={styles.text}
      style={{ gridTemplateColumns: `repeat(${stride}, minmax(0, 1fr))` }}
      aria-hidden="true"
      onPointerLeave={() => setPosition(text.length - 1)}
    >
      {letters.map(({ letter, index }) => (
        <span
          key={index}
          data-factor={index === position ? 'self' : index < position ? seen.get(index) : 'later'}
          onPointerEnter={() => setPosition(index)}
        >
          {letter}
        </span>
      ))}
    </div>
  );
}
