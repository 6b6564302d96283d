// Long work on this page: how far it is, what it is at, and a way to stop it.

import { Button, Progress } from '@mantine/core';
import { IconPlayerStopFilled } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { count } from '../../components/format.ts';
import styles from './BenchmarkPage.module.css';

interface UnderWayProps {
  /** Null until the first of it is under way. */
  readonly progress: { readonly done: number; readonly total: number; readonly words: string } | null;
  /** For whoever cannot see the bar. */
  readonly label: string;
  /** What goes on before there is any progress. */
  readonly preparing: string;
  /** On the button. */
  readonly stop: string;
  readonly onStop: () => void;
  readonly children?: ReactNode;
}

export function UnderWay({ progress, label, preparing, stop, onStop, children }: UnderWayProps) {
  const [stopping, setStopping] = useState(false);
  return (
    <div className={styles.progress}>
      <Progress value={progress ? (100 * progress.done) / progress.total : 0} aria-label={label} />
      <p>
        {progress ? (
          <>
            <strong>
              {count(progress.done + 1)} of {count(progress.total)}
            </strong>{' '}
            {progress.words}
          </>
        ) : (
          preparing
        )}
      </p>
      {children}
      <Button
        leftSection={<IconPlayerStopFilled size={14} />}
        disabled={stopping}
        onClick={() => {
          setStopping(true);
          onStop();
        }}
      >
        {stopping ? 'Stopping' : stop}
      </Button>
    </div>
  );
}
