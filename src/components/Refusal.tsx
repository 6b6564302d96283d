// Why a file was refused, where it was offered.

import styles from './Refusal.module.css';

interface RefusalProps {
  readonly name: string;
  readonly message: string;
}

export function Refusal({ name, message }: RefusalProps) {
  return (
    <p className={styles.refusal} role="alert">
      {!message.startsWith(name) && (
        <>
          <strong>{name}</strong>{' '}
        </>
      )}
      {message}
    </p>
  );
}
