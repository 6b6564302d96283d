// Models that come with the page: what each makes, how large it is, and the button that fetches it.

import { Button, Progress } from '@mantine/core';
import { bytes } from './format.ts';
import styles from './ReadyMadeModels.module.css';

interface Model {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly sizeBytes: number;
}

interface ReadyMadeModelsProps<M extends Model> {
  readonly models: readonly M[];
  /** The one that is on its way, and how much of it has come. */
  readonly arriving: { readonly model: Model; readonly receivedBytes: number } | null;
  readonly disabled: boolean;
  readonly onOpen: (model: M) => void;
  readonly onStop: () => void;
}

export function ReadyMadeModels<M extends Model>(props: ReadyMadeModelsProps<M>) {
  const { models, arriving, disabled, onOpen, onStop } = props;
  return (
    <ul className={styles.models}>
      {models.map((model) => (
        <li key={model.id} className={styles.model}>
          <div className={styles.words}>
            <span className={styles.name}>{model.name}</span>
            <span className={styles.about}>{model.about}</span>
          </div>
          {arriving?.model.id === model.id ? (
            <div className={styles.arriving}>
              <span className={styles.figures}>
                {bytes(arriving.receivedBytes)} of {bytes(model.sizeBytes)}
              </span>
              <Progress
                className={styles.progress}
                value={(100 * arriving.receivedBytes) / model.sizeBytes}
                aria-label={`How much of ${model.name} has come`}
              />
              <Button size="compact-xs" onClick={onStop}>
                Stop
              </Button>
            </div>
          ) : (
            <Button
              size="xs"
              disabled={disabled}
              aria-label={`Open ${model.name}`}
              onClick={() => onOpen(model)}
            >
              Open · {bytes(model.sizeBytes)}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
