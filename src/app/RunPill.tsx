// The run that is under way, on every page, as the way back to it.

import { Link } from 'wouter';
import { bits, count } from '../components/format.ts';
import { wordsOf } from '../components/medium.ts';
import type { RunStatus } from '../protocol/index.ts';
import { heldOut, stepsDone } from '../state/run.ts';
import type { WeftState } from '../state/store.ts';
import { useSlowly } from '../state/useSlowly.ts';
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

const PAUSE_MS = 250;

const runOf = (state: WeftState) => state.run;

export function RunPill() {
  const { status, record } = useSlowly(runOf, PAUSE_MS);
  if (status.state === 'idle' || !record) return null;
  const { name, medium } = record.setup.config;
  const step = record.latest ? `step ${count(stepsDone(record))}` : status.state;
  const figure = bits(heldOut(record) ?? record.latest?.bitsPerByte);
  const doing = status.state === 'training' ? '' : `, ${status.state}`;
  return (
    <Link href="/train" className={styles.pill} aria-label={`Run ${name}${doing}: ${step}`}>
      <i className={styles.dot} data-tone={tones[status.state]} aria-hidden="true" />
      <span className={styles.runLong}>{name}</span>
      <span className={`${styles.run} ${styles.runLong}`}>
        · {step}
        {figure && ` · ${figure} bits/${wordsOf(medium.kind).unit}`}
      </span>
      <span className={`${styles.run} ${styles.runShort}`}>{figure ?? step}</span>
    </Link>
  );
}
