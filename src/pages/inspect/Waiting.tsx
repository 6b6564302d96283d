// A model whose heads have not been seen yet: what is being waited for, or what the model could be looked into on.

import { Button } from '@mantine/core';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import type { MediumKind, ModelInfo } from '../../protocol/index.ts';
import { generate, stopGenerating } from '../../state/generate-commands.ts';
import { drawn } from '../../state/generation.ts';
import { requestFor } from '../../state/request.ts';
import { useWeft } from '../../state/store.ts';
import { initialUpload } from '../../state/upload.ts';
import styles from './Waiting.module.css';

const MAKE: Readonly<Record<MediumKind, string>> = {
  text: 'Let it write a text',
  image: 'Let it paint a picture',
  audio: 'Let it make a sound',
};

interface WaitingProps {
  readonly model: ModelInfo;
  /** The last look failed. */
  readonly failed: boolean;
}

export function Waiting({ model, failed }: WaitingProps) {
  const looking = useWeft(({ inspect }) => inspect.state === 'looking');
  const writing = useWeft(({ generation }) => (generation.state === 'writing' ? generation.writing : null));
  const ready = useWeft(({ engine }) => engine.state === 'ready');
  const { medium, config } = model;
  const make = () => {
    const request = requestFor(useWeft.getState().settings.generate, medium, initialUpload);
    void generate({ ...request, samples: 1, length: Math.min(request.length, config.contextLength) });
  };
  return (
    <Card title="All layers and heads" className={styles.card}>
      {looking ? (
        <p className={styles.note}>The heads appear here as soon as the engine has gone over the input.</p>
      ) : writing ? (
        <div className={styles.making}>
          <span className={styles.note}>
            The model makes something to look into: {count(drawn(writing).most)} of{' '}
            {count(writing.request.length)} bytes.
          </span>
          <Button size="compact-xs" onClick={() => void stopGenerating()}>
            Stop
          </Button>
        </div>
      ) : (
        <>
          <p className={styles.note}>
            {failed
              ? 'Choose another input, and the heads appear here.'
              : 'Heads show their choices on an input: a file of yours, or something that the model makes now.'}
          </p>
          <div>
            <Button variant="filled" disabled={!ready} onClick={make}>
              {MAKE[medium.kind]}
            </Button>
          </div>
        </>
      )}
    </Card>
  );
}
