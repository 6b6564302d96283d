// The keys of one query on a text: the letters before it, each with the colour of the factor that sees it.

import { forEachStretch, type KeyRun, runWithin } from '../../patterns/index.ts';
import { count } from '../format.ts';
import styles from './TextStrip.module.css';

interface TextStripProps {
  /** One character a position; `textOf(position)` where the sequence is longer than a string should be. */
  readonly textOf: (position: number) => string;
  readonly length: number;
  readonly runs: readonly KeyRun[];
  readonly query: number;
  /** Characters shown at most. */
  readonly characters?: number;
  readonly label: string;
}

export function TextStrip({ textOf, length, runs, query, characters = 320, label }: TextStripProps) {
  const after = Math.round(characters / 16);
  const end = Math.min(length, Math.max(characters, query + 1 + after));
  const first = Math.max(0, end - characters);
  const factors = new Map<number, string>();
  for (const run of runs) {
    forEachStretch(runWithin(run, first, end), (from, to) => {
      for (let key = Math.max(from, first); key < Math.min(to, end); key++) factors.set(key, run.factor);
    });
  }
  const hidden = runs.some((run) => run.first < first);
  return (
    <figure className={styles.strip}>
      <div className={styles.letters} role="img" aria-label={label}>
        {Array.from({ length: end - first }, (_, index) => first + index).map((position) => (
          <span
            key={position}
            data-kind={position === query ? 'self' : position > query ? 'later' : undefined}
            style={shade(position === query ? undefined : factors.get(position))}
          >
            {textOf(position).replace(/\s/, '·')}
          </span>
        ))}
      </div>
      <figcaption className={styles.caption}>
        Positions {count(first)} to {count(end - 1)}
        {hidden && '; it looks at earlier ones too'}.
      </figcaption>
    </figure>
  );
}

function shade(factor: string | undefined) {
  return factor ? { background: `color-mix(in srgb, var(--factor-${factor}) 44%, var(--card))` } : undefined;
}
