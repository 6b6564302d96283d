// One head's attention, enlarged: what its pattern allows and what it uses, in one picture. The position that looks is
// chosen by pointer or arrow keys, and the picture can be enlarged until every cell is one pair.

import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import { IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { PatternLegend } from '../../components/PatternMatrix.tsx';
import { segmentsOfHead } from '../../model/attention.ts';
import { headGroups } from '../../model/config.ts';
import type { AttentionRow } from '../../protocol/index.ts';
import type { Inspected } from '../../state/inspect.ts';
import styles from './EnlargedCard.module.css';
import { HeadMatrix } from './HeadMatrix.tsx';
import { isWhole } from './region.ts';
import { TopKeysTable } from './TopKeysTable.tsx';
import type { Selecting } from './useSelection.ts';

interface EnlargedCardProps {
  readonly seen: Inspected;
  readonly selecting: Selecting;
  readonly row: AttentionRow | null;
}

export function EnlargedCard({ seen, selecting, row }: EnlargedCardProps) {
  const { model, inspection } = seen;
  const { layer, head, region } = selecting;
  const [table, setTable] = useState(false);
  const length = inspection.tokens.length;
  const segments = segmentsOfHead(headGroups(model.config, layer), head);
  const factors = segments.map(({ factor }) => factor);
  return (
    <Card
      title={`Layer ${layer + 1}, head ${head + 1}`}
      note={inspection.windows > 1 ? `mean of ${count(inspection.windows)} windows` : undefined}
      side={
        <SegmentedControl
          size="xs"
          aria-label="Show this head as"
          data={['picture', 'table']}
          value={table ? 'table' : 'picture'}
          onChange={(value) => setTable(value === 'table')}
        />
      }
    >
      {table ? (
        <TopKeysTable row={row} tokens={inspection.tokens} medium={model.medium} rows={16} />
      ) : (
        <HeadMatrix seen={seen} selecting={selecting} row={row} />
      )}
      <div className={styles.foot}>
        <PatternLegend factors={factors} />
        <span>dim: may look · bright: looks</span>
        {!table && (
          <span className={styles.zoom}>
            <ActionIcon
              variant="default"
              size={26}
              aria-label="Show more"
              disabled={isWhole(region, length)}
              onClick={() => zoomAtQuery(selecting, 0.5)}
            >
              <IconZoomOut size={15} stroke={1.6} />
            </ActionIcon>
            <ActionIcon
              variant="default"
              size={26}
              aria-label="Enlarge"
              onClick={() => zoomAtQuery(selecting, 2)}
            >
              <IconZoomIn size={15} stroke={1.6} />
            </ActionIcon>
            <Button size="compact-xs" disabled={isWhole(region, length)} onClick={selecting.showAll}>
              All
            </Button>
          </span>
        )}
      </div>
    </Card>
  );
}

/** Enlarges where the position that looks meets the diagonal. */
function zoomAtQuery({ zoom, query }: Selecting, factor: number): void {
  zoom(factor, query, query);
}
