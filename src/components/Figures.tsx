// The numbers that people care about, big, in a mono face so that nothing jitters, with their words below.

import type { ReactNode } from 'react';
import styles from './Figures.module.css';

export function Figures({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <dl className={styles.figures} aria-label={label}>
      {children}
    </dl>
  );
}

interface FigureProps {
  /** Null while there is no number yet. */
  readonly value: string | null;
  readonly words: ReactNode;
  readonly tone?: 'heldOut' | 'learning' | undefined;
}

export function Figure({ value, words, tone }: FigureProps) {
  return (
    <div className={styles.figure}>
      <dt className={styles.words}>{words}</dt>
      <dd className={styles.value} data-tone={tone} data-empty={value === null || undefined}>
        {value ?? '–'}
      </dd>
    </div>
  );
}
