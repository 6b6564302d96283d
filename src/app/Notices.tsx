// What the person should know, above the page, until it is waved away.

import { Button, CloseButton } from '@mantine/core';
import { dismissNotice, restartEngine } from '../state/commands.ts';
import { SAVED_IS_SAFE, useWeft } from '../state/store.ts';
import styles from './Notices.module.css';

export function Notices() {
  const notices = useWeft((state) => state.notices);
  const engine = useWeft((state) => state.engine);
  const gone = engine.state === 'lost' && !engine.restarting;
  if (notices.length === 0 && !gone) return null;
  return (
    <ul className={styles.notices} aria-label="Notices">
      {gone && (
        <li className={styles.notice} data-level="error">
          <p>
            {engine.error.message} {SAVED_IS_SAFE}
          </p>
          <Button size="xs" onClick={restartEngine}>
            Start the engine
          </Button>
        </li>
      )}
      {notices.map(({ id, level, message }) => (
        <li key={id} className={styles.notice} data-level={level}>
          <p>{message}</p>
          <CloseButton size="sm" aria-label="Dismiss" onClick={() => dismissNotice(id)} />
        </li>
      ))}
    </ul>
  );
}
