// The model that is looked into, and the ways to another one: a saved run, or a file of weights.

import { Button, FileButton } from '@mantine/core';
import { attentionWords } from '../../components/attentionWords.ts';
import { Card } from '../../components/Card.tsx';
import { ago, counted, short } from '../../components/format.ts';
import type { ModelInfo } from '../../protocol/index.ts';
import { importWeights, openRun } from '../../state/commands.ts';
import { isActive } from '../../state/run.ts';
import { useWeft } from '../../state/store.ts';
import styles from './ModelCard.module.css';

/** Saved runs that are offered here; the Train page has them all. */
const OFFERED = 4;

export function ModelCard({ model }: { readonly model: ModelInfo }) {
  const busy = useWeft((state) => isActive(state.run.status) && state.run.status.state !== 'paused');
  const runs = useWeft((state) => state.library.runs);
  const others = runs.filter(({ name, step }) => name !== model.name || step !== model.step);
  return (
    <Card title="Model" note={model.name}>
      <p className={styles.words}>
        {short(model.parameters)} weights after {counted(model.step, 'step')},{' '}
        {attentionWords(model.config.attention)}
      </p>
      {others.length > 0 && (
        <ul className={styles.runs} aria-label="Saved runs">
          {others.slice(0, OFFERED).map((run) => (
            <li key={run.id}>
              <span>
                {run.name}, {counted(run.step, 'step')}, {ago(run.savedAtMs, Date.now())}
              </span>
              <Button
                size="compact-xs"
                disabled={busy}
                aria-label={`Open ${run.name}, ${counted(run.step, 'step')}`}
                onClick={() => void openRun(run.id)}
              >
                Open
              </Button>
            </li>
          ))}
        </ul>
      )}
      <FileButton accept=".safetensors" onChange={(file) => file && void importWeights(file)}>
        {(props) => (
          <Button {...props} size="xs" disabled={busy}>
            Open weights
          </Button>
        )}
      </FileButton>
    </Card>
  );
}
