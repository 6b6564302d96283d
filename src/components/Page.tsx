// A page: one plain question or name, one sentence that teaches, what can be done, and then its cards.

import type { ReactNode } from 'react';
import styles from './Page.module.css';

interface PageProps {
  readonly title: ReactNode;
  readonly sentence: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, sentence, actions, children }: PageProps) {
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <div className={styles.words}>
          <h1 className={styles.title}>{title}</h1>
          <p className={styles.sentence}>{sentence}</p>
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A quiet link to the section of the paper that a page is about. */
export function PaperLink({ section }: { readonly section: string }) {
  return (
    <a
      className={styles.paper}
      href="https://arxiv.org/abs/1904.10509"
      target="_blank"
      rel="noreferrer"
      title="Generating Long Sequences with Sparse Transformers, on arxiv.org"
    >
      §{section} of the paper
    </a>
  );
}
