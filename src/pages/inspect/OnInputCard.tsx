// The weights of the position that looks, on the input itself; or the surprise of every byte.

import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { Seen } from '../../components/seen/Seen.tsx';
import { seenBytes } from '../../components/seen/seen.ts';
import type { AttentionRow } from '../../protocol/index.ts';
import type { Inspected } from '../../state/inspect.ts';
import styles from './OnInputCard.module.css';
import type { Selecting } from './useSelection.ts';

interface OnInputCardProps {
  readonly seen: Inspected;
  readonly selecting: Selecting;
  readonly row: AttentionRow | null;
}

const titles = { text: 'On the text itself', image: 'On the picture itself', audio: 'On the sound itself' };

export function OnInputCard({ seen, selecting, row }: OnInputCardProps) {
  const { inspection, model } = seen;
  const { tokens, bits } = inspection;
  const { query, selectQuery } = selecting;
  const [surprise, setSurprise] = useState(false);
  const where = useMemo(() => seenBytes(row), [row]);
  const mean = bits.reduce((sum, value) => sum + value, 0) / bits.length;
  const own = bits[query] ?? 0;
  return (
    <Card
      title={titles[model.medium.kind]}
      side={
        <SegmentedControl
          size="xs"
          aria-label="Colour by"
          data={['attention', 'surprise']}
          value={surprise ? 'surprise' : 'attention'}
          onChange={(value) => setSurprise(value === 'surprise')}
        />
      }
    >
      <ScrollRegion name="The input" className={styles.input}>
        <Seen
          medium={model.medium}
          bytes={tokens}
          query={query}
          seen={where}
          bits={surprise ? bits : undefined}
          onQuery={selectQuery}
        />
      </ScrollRegion>
      <p className={styles.words}>
        {surprise
          ? `The stronger the ground, the more the byte surprised the model: ${mean.toFixed(2)} bits each on average, 8 for a mere guess.`
          : 'Outlined is the byte being made; underlined, what it may look at; the stronger the ground, the more it looked.'}{' '}
        <span className={styles.figures}>
          Byte {count(query + 1)}: {own.toFixed(2)} bits
        </span>
      </p>
      {inspection.windows > 1 && (
        <p className={styles.words}>
          The pictures of the heads are the mean of {count(inspection.windows)} windows; this is the first of
          them.
        </p>
      )}
    </Card>
  );
}
