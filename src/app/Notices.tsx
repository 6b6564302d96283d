// What the person should know, above the page, until it is waved away.

import { CloseButton } from '@mantine/core';
import { dismissNotice } from '../state/commands.ts';
import { useWeft } from '../state/store.ts';
import styles from './Notices.module.css';

export function Notices() {
  const notices = useWeft((state) => state.notices);
  if (notices.length === 0) return null;
  return (
    <ul className={styles.notices} aria-label="Notices">
      {notices.map(({ id, level, message }) => (
        <li key={id} className={styles.notice} data-level={level}>
          <p>{message}</p>
          <CloseButton size="sm" aria-label="Dismiss" onClick={() => dismissNotice(id)} />
        </li>
      ))}
    </ul>
  );
}
