// Pictures as they are painted, side by side.

import { ActionIcon } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { numbered } from '../../components/numbered.ts';
import { PictureCanvas } from '../../components/picture/PictureCanvas.tsx';
import { itemBytes } from '../../data/medium.ts';
import { sampleBytes } from '../../state/generation.ts';
import styles from './PictureSamples.module.css';
import type { SamplesProps } from './SamplesProps.ts';
import { saveSample } from './saveSamples.ts';

export function PictureSamples({ writing, busy, bits }: SamplesProps) {
  const { samples, medium } = writing;
  if (medium.kind !== 'image') return null;
  const columns = Math.ceil(Math.sqrt(samples.length));
  const rows = Math.ceil(samples.length / columns);
  const size = itemBytes(medium);
  const shape = { '--columns': columns, '--rows': rows, '--aspect': medium.width / medium.height };
  return (
    <ul
      className={styles.pictures}
      style={shape as React.CSSProperties}
      aria-busy={busy}
      aria-label="The pictures"
    >
      {numbered(samples).map(({ key, index, item: sample }) => {
        const bytes = sampleBytes(sample);
        const share = Math.round((100 * bytes.length) / size);
        const state = share < 100 ? `, ${share}% painted` : '';
        return (
          <li key={key} className={styles.picture}>
            <PictureCanvas
              bytes={bytes}
              medium={medium}
              bits={bits[index]}
              growing={busy}
              label={`Picture ${index + 1} of ${samples.length}${state}`}
            />
            {!busy && (
              <ActionIcon
                className={styles.save}
                variant="default"
                size="sm"
                aria-label={`Save picture ${index + 1}`}
                onClick={() => saveSample(writing, index)}
              >
                <IconDownload size={14} />
              </ActionIcon>
            )}
          </li>
        );
      })}
    </ul>
  );
}
