// What the run is waiting for, or why it ended: what happened, what is safe, what to press.

import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { count, duration } from '../../components/format.ts';
import type { RunStatus } from '../../protocol/index.ts';
import { trainPreset } from '../../state/commands.ts';
import { openDataset } from '../../state/data.ts';
import { largerPreset } from '../../state/draft.ts';
import { stepsDone } from '../../state/run.ts';
import { useWeft } from '../../state/store.ts';
import styles from './StatusCard.module.css';

export function StatusCard() {
  const status = useWeft((state) => state.run.status);
  const hasRun = useWeft((state) => state.run.record !== null);
  // Steps are counted while nothing trains only: each of them would draw this again.
  const step = useWeft(({ run }) =>
    run.record && run.status.state !== 'training' ? count(stepsDone(run.record)) : '',
  );
  if (!hasRun) return null;
  switch (status.state) {
    case 'training':
      return null;
    case 'preparing':
      return <Status tone="busy">{status.what} …</Status>;
    case 'paused':
      return (
        <Status tone="quiet">
          Paused at step {step}. Resume when you like, or generate with it as it is now.
        </Status>
      );
    case 'recovering':
      return <Recovering status={status} />;
    case 'finished':
      return <Finished step={step} />;
    case 'idle':
      return <Status tone="quiet">Stopped at step {step}. Its model stays for generating.</Status>;
    case 'failed':
      return (
        <Status tone="bad">
          {status.error.message}
          {status.error.code === 'worker-lost' &&
            ' If the run was saved, open it under Kept and go on from there.'}
        </Status>
      );
  }
}

/** A graphics processor that is done within so many seconds has time for a larger model. */
const QUICK_SECONDS = 20;

function Finished({ step }: { readonly step: string }) {
  const larger = useWeft(({ run: { record }, data, engine }) => {
    const isQuick = (record?.latest?.seconds ?? Infinity) < QUICK_SECONDS;
    const isFast = engine.state === 'ready' && !engine.info.software;
    const open = openDataset(data);
    const isOpen = open !== null && record?.setup.data?.id === open.id;
    return record && isQuick && isFast && isOpen ? largerPreset(record.setup.config) : undefined;
  });
  return (
    <Status tone="good">
      Finished after {step} steps. Generate with it, or save its weights as a file.
      {larger && (
        <>
          {' '}
          That was quick: there is time for a larger model, which learns more.{' '}
          <Button size="compact-sm" className={styles.larger} onClick={() => void trainPreset(larger)}>
            Train the {larger} preset
          </Button>
        </>
      )}
    </Status>
  );
}

function Recovering({ status }: { readonly status: Extract<RunStatus, { state: 'recovering' }> }) {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const { what, retryAtMs } = status;
  const seconds = retryAtMs === undefined ? 0 : Math.max(0, (retryAtMs - nowMs) / 1000);
  return (
    <Status tone="busy">
      {what.replace(/[\s.]*$/, '')}.{' '}
      {seconds > 0 && <span className={styles.countdown}>Next try in {duration(seconds)}.</span>}
    </Status>
  );
}

interface StatusProps {
  readonly tone: 'quiet' | 'busy' | 'good' | 'bad';
  readonly children: React.ReactNode;
}

function Status({ tone, children }: StatusProps) {
  return (
    <div className={styles.status} data-tone={tone}>
      {children}
    </div>
  );
}
