// The runs that this browser keeps, and weights to and from files.

import { ActionIcon, Button, FileButton } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { download, fileName } from '../../components/download.ts';
import { ago, bits, bytes, count } from '../../components/format.ts';
import { wordsOf } from '../../components/medium.ts';
import type { SavedRun } from '../../protocol/index.ts';
import { deleteRun, exportWeights, importWeights, openRun } from '../../state/commands.ts';
import { isActive } from '../../state/run.ts';
import { useWeft } from '../../state/store.ts';
import styles from './RunsCard.module.css';

export function RunsCard() {
  const { runs, model } = useWeft((state) => state.library);
  const busy = useWeft((state) => isActive(state.run.status) && state.run.status.state !== 'paused');
  const save = async () => {
    const blob = await exportWeights();
    if (blob) download(blob, fileName(model?.name ?? 'weft', 'safetensors'));
  };
  return (
    <Card title="Kept" note="in this browser">
      {runs.length === 0 ? (
        <p className={styles.nothing}>
          Runs are saved here while they train, so that they can be gone on with.
        </p>
      ) : (
        <ul className={styles.runs}>
          {runs.map((run) => (
            <Run key={run.id} run={run} busy={busy} />
          ))}
        </ul>
      )}
      <div className={styles.weights}>
        <Button size="xs" disabled={!model} onClick={() => void save()}>
          Save weights
        </Button>
        <FileButton accept=".safetensors" onChange={(file) => file && void importWeights(file)}>
          {(props) => (
            <Button {...props} size="xs" disabled={busy}>
              Load weights
            </Button>
          )}
        </FileButton>
      </div>
    </Card>
  );
}

function Run({ run, busy }: { readonly run: SavedRun; readonly busy: boolean }) {
  const [asking, setAsking] = useState(false);
  const figure = bits(run.heldOutBitsPerByte);
  const [trash, keep] = [useRef<HTMLButtonElement>(null), useRef<HTMLButtonElement>(null)];
  const asked = useRef(false);
  // The button that was pressed is gone: the focus goes on with what stands in its place.
  useEffect(() => {
    if (asking) keep.current?.focus();
    else if (asked.current) trash.current?.focus();
    asked.current = asking;
  }, [asking, keep, trash]);
  if (asking) {
    return (
      <li className={styles.run}>
        <span className={styles.words}>Delete {run.name} for good?</span>
        <Button size="compact-xs" onClick={() => void deleteRun(run.id)}>
          Delete
        </Button>
        <Button ref={keep} size="compact-xs" onClick={() => setAsking(false)}>
          Keep
        </Button>
      </li>
    );
  }
  return (
    <li className={styles.run}>
      <span className={styles.words}>
        <span className={styles.name}>{run.name}</span>
        <span className={styles.facts}>
          {wordsOf(run.medium.kind).name} · step {count(run.step)} of {count(run.steps)} ·{' '}
          {bytes(run.sizeBytes)} · {ago(run.savedAtMs, Date.now())}
        </span>
      </span>
      {figure && <span className={styles.figure}>{figure}</span>}
      <Button
        size="compact-xs"
        disabled={busy}
        onClick={() => void openRun(run.id)}
        aria-label={`Open ${run.name}`}
      >
        Open
      </Button>
      <ActionIcon
        ref={trash}
        variant="subtle"
        size="sm"
        aria-label={`Delete ${run.name}`}
        onClick={() => setAsking(true)}
      >
        <IconTrash size={14} />
      </ActionIcon>
    </li>
  );
}
