// One pattern: its connectivity as a matrix that zooms, and what the marked position looks at, on the chosen medium and
// as a table.

import { ActionIcon, Button } from '@mantine/core';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { AttentionCanvas } from '../../components/attention/AttentionCanvas.tsx';
import { exportMatrix } from '../../components/attention/exportMatrix.ts';
import { KeyTable } from '../../components/attention/KeyTable.tsx';
import { patternPainter } from '../../components/attention/paint.ts';
import { usePalette } from '../../components/attention/palette.ts';
import { zoomedAround } from '../../components/attention/useMatrixKeys.ts';
import { isWhole, wholeView } from '../../components/attention/view.ts';
import { queryWords } from '../../components/attention/words.ts';
import { Card } from '../../components/Card.tsx';
import { download, fileName } from '../../components/download.ts';
import { count } from '../../components/format.ts';
import { PatternLegend } from '../../components/PatternMatrix.tsx';
import { keyCount, runsOf } from '../../patterns/index.ts';
import styles from './MatrixCard.module.css';
import { MediumView } from './MediumView.tsx';
import type { PatternSettings } from './settings.ts';
import { type ShownPattern, usedFactors } from './shown.ts';
import type { Change } from './usePatternSettings.ts';

interface MatrixCardProps {
  readonly pattern: ShownPattern;
  /** With the width of two. */
  readonly alone: boolean;
  readonly settings: PatternSettings;
  /** The marked position: pointed at, or chosen. */
  readonly query: number;
  readonly onHover: (query: number | null) => void;
  readonly onChange: Change;
}

export function MatrixCard({ pattern, alone, settings, query, onHover, onChange }: MatrixCardProps) {
  const { length, view } = settings;
  const { drawn, layers, name, words } = pattern;
  const [table, setTable] = useState(false);
  const paint = useMemo(() => patternPainter(drawn, length), [drawn, length]);
  const runs = useMemo(() => runsOf(drawn, query), [drawn, query]);
  const keys = useMemo(() => keyCount(runs), [runs]);
  const looks = useMemo(() => queryWords(query, runs, keys), [query, runs, keys]);
  // A sound is long, and half a page has no room beside the matrix.
  const below = !alone || settings.medium === 'sound';
  const palette = usePalette();
  const onQuery = (next: number) => onChange({ query: next });
  const onView = (next: typeof view) => onChange({ view: next });
  const zoom = (factor: number) => onView(zoomedAround(settings.query, view, factor, length));
  const save = async (kind: 'png' | 'svg') => {
    const picture = { heads: drawn, length, view, query, title: name, words, palette };
    download(await exportMatrix(picture, kind), fileName(`weft ${name} ${length}`, kind));
  };
  return (
    <Card title={name} note={words}>
      <PatternLegend factors={usedFactors(layers)} />
      <div
        className={styles.body}
        data-below={below || undefined}
        data-picture={settings.medium === 'picture' || undefined}
      >
        <div className={styles.matrix}>
          <AttentionCanvas
            length={length}
            view={view}
            onView={onView}
            query={query}
            onHover={onHover}
            onQuery={onQuery}
            paint={paint}
            label={`${name}: position that asks, of ${count(length)}`}
            queryText={looks}
          />
          <div className={styles.bar}>
            <ActionIcon variant="default" aria-label={`Zoom in, ${name}`} onClick={() => zoom(2)}>
              <IconPlus size={16} aria-hidden="true" />
            </ActionIcon>
            <ActionIcon variant="default" aria-label={`Zoom out, ${name}`} onClick={() => zoom(0.5)}>
              <IconMinus size={16} aria-hidden="true" />
            </ActionIcon>
            <Button
              size="compact-sm"
              onClick={() => onView(wholeView(length))}
              disabled={isWhole(view, length)}
            >
              Whole
            </Button>
            <span className={styles.range}>
              {range(view.query, view.span)} ↓ ask {range(view.key, view.span)} →
            </span>
          </div>
        </div>
        <div className={styles.side}>
          <p className={styles.keys}>
            <b>{count(keys)}</b>
            {keys === 1 ? 'key' : 'keys'} of position {count(query)}
          </p>
          <MediumView
            settings={settings}
            runs={runs}
            query={query}
            onQuery={onQuery}
            label={`${name}, on a ${settings.medium}. ${looks}`}
          />
        </div>
      </div>
      <div className={styles.bar}>
        <Button size="compact-sm" aria-expanded={table} onClick={() => setTable(!table)}>
          {table ? 'Hide the keys' : 'List the keys'}
        </Button>
        <span className={styles.grow} />
        <Button size="compact-sm" aria-label={`Save ${name} as PNG`} onClick={() => void save('png')}>
          PNG
        </Button>
        <Button size="compact-sm" aria-label={`Save ${name} as SVG`} onClick={() => void save('svg')}>
          SVG
        </Button>
      </div>
      {table && <KeyTable query={query} runs={runs} name={name} />}
    </Card>
  );
}

function range(first: number, span: number): string {
  return `${count(Math.floor(first))}–${count(Math.ceil(first + span) - 1)}`;
}
