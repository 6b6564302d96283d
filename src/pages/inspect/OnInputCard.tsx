// The weights of the position that looks, on the input itself; or the surprise of every byte. On a picture or a sound it
// is also where that position is chosen.

import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { CHANNELS, placeWords } from '../../components/seen/places.ts';
import { Seen } from '../../components/seen/Seen.tsx';
import { seenBytes } from '../../components/seen/seen.ts';
import type { MediumKind } from '../../data/medium.ts';
import { allowedRow } from '../../model/attention.ts';
import type { AttentionRow, HeadChoice } from '../../protocol/index.ts';
import type { Inspected } from '../../state/inspect.ts';
import styles from './OnInputCard.module.css';
import type { Selecting } from './useSelection.ts';

interface OnInputCardProps {
  readonly seen: Inspected;
  readonly selecting: Selecting;
  /** The row of the chosen position, or of the one before it until the engine has answered. */
  readonly row: AttentionRow | null;
  /** Whose row it is. */
  readonly head: HeadChoice;
  readonly onMean: (mean: boolean) => void;
}

const titles = { text: 'On the text itself', image: 'On the picture itself', audio: 'On the sound itself' };

const marks: Readonly<Record<MediumKind, string>> = {
  text: 'Outlined is the byte being made; underlined, what it may look at; the stronger the ground, the more it looked.',
  image:
    'Outlined is the pixel being made; framed, what it may look at; the larger the square in a frame, the more it looked.',
  audio:
    'The line is the sample being made; coloured, what it may look at; the higher the bar below, the more it looked.',
};

export function OnInputCard({ seen, selecting, row, head, onMean }: OnInputCardProps) {
  const { inspection, model } = seen;
  const { tokens, bits, windows } = inspection;
  const { layer, query, selectQuery } = selecting;
  const { medium, config } = model;
  const [surprise, setSurprise] = useState(false);
  // Until its weights are there, a position shows what it may look at: that is known at once.
  const own = useMemo(
    () => (row?.query === query ? row : allowedRow(config, layer, head, query)),
    [row, config, layer, head, query],
  );
  const where = useMemo(() => seenBytes(own), [own]);
  const mean = bits.reduce((sum, value) => sum + value, 0) / bits.length;
  const drawn = (
    <Seen
      medium={medium}
      bytes={tokens}
      query={query}
      seen={where}
      row={row}
      bits={surprise ? bits : undefined}
      onQuery={selectQuery}
    />
  );
  return (
    <Card
      title={titles[medium.kind]}
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
      {medium.kind === 'text' ? (
        <ScrollRegion name="The input" className={styles.input}>
          {drawn}
        </ScrollRegion>
      ) : (
        drawn
      )}
      <div className={styles.choices}>
        {!surprise && config.nHead > 1 && (
          <SegmentedControl
            size="xs"
            aria-label="Whose attention"
            data={[
              { value: 'head', label: `head ${selecting.head + 1}` },
              { value: 'mean', label: `mean of layer ${layer + 1}` },
            ]}
            value={head === 'mean' ? 'mean' : 'head'}
            onChange={(value) => onMean(value === 'mean')}
          />
        )}
        {medium.kind === 'image' && medium.channels === 3 && (
          <SegmentedControl
            size="xs"
            aria-label="Colour of the pixel that looks"
            data={[...CHANNELS]}
            value={CHANNELS[query % 3] ?? 'red'}
            onChange={(value) =>
              selectQuery(query - (query % 3) + Math.max(0, (CHANNELS as readonly string[]).indexOf(value)))
            }
          />
        )}
      </div>
      <p className={styles.words}>
        {surprise
          ? `The stronger the ground, the more the byte surprised the model: ${mean.toFixed(2)} bits each on average, 8 for a mere guess.`
          : marks[medium.kind]}{' '}
        <span className={styles.figures}>
          {capital(placeWords(query, medium))}: {(bits[query] ?? 0).toFixed(2)} bits
        </span>
      </p>
      {windows > 1 && (
        <p className={styles.words}>
          Weights and bits are the mean of {count(windows)} windows, drawn on the first of them.
        </p>
      )}
    </Card>
  );
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
