// The run that is under way, on every page, as the way back to it.

import { Link } from 'wouter';
import { bits, count } from '../components/format.ts';
import type { RunStatus } from '../protocol/index.ts';
import { heldOut, stepsDone } from '../state/run.ts';
import { useWeft } from '../state/store.ts';
import styles from './Header.module.css';

const tones: Readonly<Record<RunStatus['state'], string | undefined>> = {
  idle: undefined,
  preparing: undefined,
  training: 'good',
  paused: 'warn',
  recovering: 'warn',
  finished: 'good',
  failed: 'bad',
};

export function RunPill() {
  const { status, record } = useWeft((state) => state.run);
  if (status.state === 'idle' || !record) return null;
  const step = record.latest ? `step ${count(stepsDone(record))}` : status.state;
  const figure = bits(heldOut(record) ?? record.latest?.bitsPerByte);
  const state = status.state === 'training' ? '' : `, ${status.state}`;
  return (
    <Link href="/train" className={styles.pill} aria-label={`Run ${record.config.name}${state}: ${step}`}>
      <i className={styles.dot} data-tone={tones[status.state]} aria-hidden="true" />
      <span className={styles.runLong}>{record.config.name}</span>
      <span className={`${styles.run} ${styles.runLong}`}>
        · {step}
        {figure && ` · ${figure} bits/byte`}
      </span>
      <span className={`${styles.run} ${styles.runShort}`}>{figure ?? step}</span>
    </Link>
  );
}
