// A word of the field with its explanation, on hover, focus and touch.

import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './Term.module.css';

export function Term({ explain, children }: { readonly explain: string; readonly children: ReactNode }) {
  return (
    <Tooltip label={explain}>
      <button type="button" className={styles.term}>
        {children}
      </button>
    </Tooltip>
  );
}
