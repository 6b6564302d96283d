// What the model drew now and then while it learnt.

import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { ByteText } from '../../components/ByteText.tsx';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { numbered } from '../../components/numbered.ts';
import { PictureCanvas } from '../../components/picture/PictureCanvas.tsx';
import { Sound } from '../../components/sound/Sound.tsx';
import { TEXT } from '../../data/medium.ts';
import type { Medium, TrainingConfig } from '../../protocol/index.ts';
import type { RunSample } from '../../state/run.ts';
import { useWeft } from '../../state/store.ts';
import styles from './SampleCard.module.css';

const noSamples: readonly RunSample[] = [];

export function SampleCard() {
  const samples = useWeft((state) => state.run.record?.samples ?? noSamples);
  const training = useWeft((state) => state.run.record?.setup.config.training);
  const medium = useWeft((state) => state.run.record?.setup.config.medium ?? TEXT);
  /** The step of an older sample that is looked at; null follows the newest. */
  const [chosen, setChosen] = useState<number | null>(null);
  const found = samples.findIndex(({ step }) => step === chosen);
  const index = found >= 0 ? found : samples.length - 1;
  const sample = samples[index];
  const show = (next: number) =>
    setChosen(next === samples.length - 1 ? null : (samples[next]?.step ?? null));
  return (
    <Card
      title="Sample"
      note={sample ? `at step ${count(sample.step)}` : undefined}
      side={
        samples.length > 1 && (
          <>
            <ActionIcon
              variant="default"
              size="sm"
              aria-label="Earlier sample"
              disabled={index === 0}
              onClick={() => show(index - 1)}
            >
              <IconChevronLeft size={14} />
            </ActionIcon>
            <ActionIcon
              variant="default"
              size="sm"
              aria-label="Later sample"
              disabled={index === samples.length - 1}
              onClick={() => show(index + 1)}
            >
              <IconChevronRight size={14} />
            </ActionIcon>
          </>
        )
      }
    >
      {sample ? (
        <Drawn samples={sample.samples} medium={medium} step={sample.step} />
      ) : (
        <p className={styles.nothing}>{waiting(training)}</p>
      )}
    </Card>
  );
}

function waiting(training: TrainingConfig | undefined): string {
  const { sampleEvery, steps } = training ?? { sampleEvery: 0, steps: 0 };
  if (sampleEvery === 0 || sampleEvery > steps) {
    return 'This run draws no samples. Once it is paused or finished, Generate shows what it makes.';
  }
  return `The first one comes at step ${count(sampleEvery)}.`;
}

interface DrawnProps {
  readonly samples: readonly Uint8Array[];
  readonly medium: Medium;
  readonly step: number;
}

function Drawn({ samples, medium, step }: DrawnProps) {
  const [first = new Uint8Array()] = samples;
  if (medium.kind === 'text') {
    return (
      <p className={styles.sample}>
        <ByteText text={new TextDecoder().decode(first)} />
      </p>
    );
  }
  if (medium.kind === 'audio') {
    return <Sound key={step} bytes={first} rateHz={medium.rateHz} name="the sample" />;
  }
  return (
    <ul className={styles.pictures}>
      {numbered(samples).map(({ key, index, item: picture }) => (
        <li key={key}>
          <PictureCanvas
            bytes={picture}
            medium={medium}
            label={`Picture ${index + 1}, drawn at step ${count(step)}`}
          />
        </li>
      ))}
    </ul>
  );
}
