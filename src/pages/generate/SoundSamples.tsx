// Sounds as they are made: drawn, and heard.

import { ActionIcon } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { numbered } from '../../components/numbered.ts';
import { Sound } from '../../components/sound/Sound.tsx';
import { sampleBytes } from '../../state/generation.ts';
import type { SamplesProps } from './SamplesProps.ts';
import styles from './SoundSamples.module.css';
import { saveSample } from './saveSamples.ts';

export function SoundSamples({ writing, busy, bits, view }: SamplesProps) {
  const { samples, medium, request } = writing;
  if (medium.kind !== 'audio') return null;
  return (
    <ul className={styles.sounds} aria-busy={busy} aria-label="The sounds">
      {numbered(samples).map(({ key, index, item: sample }) => (
        <li key={key} className={styles.sound}>
          <Sound
            bytes={sampleBytes(sample)}
            rateHz={medium.rateHz}
            length={busy ? sample.room.length : sample.sizeBytes}
            given={request.length > 0 ? request.prompt.length : 0}
            bits={bits[index]}
            {...(samples.length === 1 && { size: 'large' })}
            plays={index === 0 && request.length > 0 && view.playsAsItComes}
            name={samples.length === 1 ? 'the sound' : `sound ${index + 1}`}
          />
          {!busy && (
            <ActionIcon
              variant="default"
              size="sm"
              aria-label={`Save sound ${index + 1}`}
              onClick={() => saveSample(writing, index)}
            >
              <IconDownload size={14} />
            </ActionIcon>
          )}
        </li>
      ))}
    </ul>
  );
}
