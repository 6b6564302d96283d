// A card holds one question. Its heading names it; what stands beside the heading belongs to it.

import type { ReactNode } from 'react';
import { useId } from 'react';
import styles from './Card.module.css';

interface CardProps {
  readonly title?: ReactNode;
  /** Quiet words after the title. */
  readonly note?: ReactNode;
  /** Controls or figures at the heading's right end. */
  readonly side?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

export function Card({ title, note, side, className, children }: CardProps) {
  const id = useId();
  return (
    <section
      className={className ? `${styles.card} ${className}` : styles.card}
      aria-labelledby={title ? id : undefined}
    >
      {title && (
        <div className={styles.head}>
          <h2 className={styles.title} id={id}>
            {title}
            {note && <span className={styles.note}> {note}</span>}
          </h2>
          {side && <div className={styles.side}>{side}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
