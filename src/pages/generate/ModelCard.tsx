// The model that makes it, and the ways to another one.

import { Button, FileButton } from '@mantine/core';
import { Link } from 'wouter';
import { Card } from '../../components/Card.tsx';
import { count, short } from '../../components/format.ts';
import { ModelPattern } from '../../components/ModelPattern.tsx';
import { wordsOf } from '../../components/medium.ts';
import { ReadyMadeModels } from '../../components/ReadyMadeModels.tsx';
import type { ModelInfo } from '../../protocol/index.ts';
import { importWeights } from '../../state/commands.ts';
import { generateWith, useReadyMade } from '../../state/ready-made-commands.ts';
import { isActive } from '../../state/run.ts';
import { useWeft } from '../../state/store.ts';
import styles from './ModelCard.module.css';

export function ModelCard({ model }: { readonly model: ModelInfo | null }) {
  const busy = useWeft((state) => isActive(state.run.status) && state.run.status.state !== 'paused');
  const list = useReadyMade();
  const others = list.models.filter(({ name }) => name !== model?.name);
  return (
    <Card title="Model" note={model?.name}>
      {model && (
        <div className={styles.model}>
          <div className={styles.pattern}>
            <ModelPattern model={model.config} />
          </div>
          <dl className={styles.facts}>
            <dt>makes</dt>
            <dd>{wordsOf(model.medium.kind).name}</dd>
            <dt>weights</dt>
            <dd>{short(model.parameters)}</dd>
            <dt>layers</dt>
            <dd>{model.config.nLayer}</dd>
            <dt>heads</dt>
            <dd>{model.config.nHead}</dd>
            <dt>context</dt>
            <dd>{count(model.config.contextLength)}</dd>
            <dt>steps</dt>
            <dd>{count(model.step)}</dd>
          </dl>
        </div>
      )}
      {others.length > 0 && (
        <ReadyMadeModels
          {...list}
          models={others}
          disabled={busy}
          onOpen={(other) => void generateWith(other)}
        />
      )}
      <div className={styles.buttons}>
        <Button size="xs" component={Link} href="/train">
          Train another
        </Button>
        <FileButton accept=".safetensors" onChange={(file) => file && void importWeights(file)}>
          {(props) => (
            <Button {...props} size="xs" disabled={busy}>
              Open weights
            </Button>
          )}
        </FileButton>
      </div>
    </Card>
  );
}
