// Says that a calculation is under way, how far it is, and lets it be cancelled.

import { Button, Progress } from '@mantine/core';
import styles from './PatternsPage.module.css';
import type { SlicedState } from './useSliced.ts';

interface WorkingProps {
  readonly what: string;
  readonly state: Pick<SlicedState<unknown>, 'progress' | 'cancelled' | 'cancel' | 'again'>;
}

export function Working({ what, state }: WorkingProps) {
  if (state.cancelled) {
    return (
      <p className={styles.working}>
        Not counted: you cancelled it.
        <Button size="compact-xs" onClick={state.again}>
          Count again
        </Button>
      </p>
    );
  }
  if (state.progress === null) return null;
  const percent = Math.round(100 * state.progress);
  return (
    <div className={styles.working}>
      <span>
        {what}: {percent}%
      </span>
      <Progress value={percent} aria-label={what} className={styles.progress} />
      <Button size="compact-xs" onClick={state.cancel}>
        Cancel
      </Button>
    </div>
  );
}
