// The matrix of one head, to point at: the position that looks is chosen by pointer or arrow keys, and the picture is
// enlarged by double click, + and -, until every cell is one pair.

import { useMemo } from 'react';
import { count } from '../../components/format.ts';
import { lookWords } from '../../components/seen/places.ts';
import { WeightPicture } from '../../components/seen/WeightPicture.tsx';
import { drawnCells } from '../../components/seen/weightCells.ts';
import { segmentsOfHead } from '../../model/attention.ts';
import { headGroups } from '../../model/config.ts';
import type { AttentionRow } from '../../protocol/index.ts';
import type { Inspected } from '../../state/inspect.ts';
import styles from './EnlargedCard.module.css';
import { isWhole } from './region.ts';
import { useCloserMap } from './useCloserMap.ts';
import type { Selecting } from './useSelection.ts';

interface HeadMatrixProps {
  readonly seen: Inspected;
  readonly selecting: Selecting;
  readonly row: AttentionRow | null;
}

export function HeadMatrix({ seen, selecting, row }: HeadMatrixProps) {
  const { model, inspection } = seen;
  const { layer, head, query, region, selectQuery, zoom } = selecting;
  const closer = useCloserMap(seen, layer, region);
  const length = inspection.tokens.length;
  const cells = useMemo(() => {
    const segments = segmentsOfHead(headGroups(model.config, layer), head);
    const maps = closer?.maps ?? (isWhole(region, length) ? inspection.maps : null);
    const map = maps?.heads.find((each) => each.layer === layer && each.head === head);
    const size = {
      rows: region.queries.to - region.queries.from,
      columns: region.keys.to - region.keys.from,
    };
    const shape = maps ?? { rows: Math.min(128, size.rows), columns: Math.min(128, size.columns) };
    return drawnCells(map ?? { head, segments: [] }, segments, region, shape);
  }, [closer, inspection, model, layer, head, region, length]);

  const { queries, keys } = region;
  const size = queries.to - queries.from;
  const pointed = (event: React.PointerEvent<HTMLElement> | React.MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = (share: number, { from, to }: typeof keys) =>
      Math.min(to - 1, Math.max(from, Math.floor(from + share * (to - from))));
    return {
      query: at((event.clientY - box.top) / box.height, queries),
      key: at((event.clientX - box.left) / box.width, keys),
    };
  };
  const inside = query >= queries.from && query < queries.to;
  return (
    <>
      <div
        className={styles.matrix}
        role="slider"
        tabIndex={0}
        aria-label={`Position that looks, layer ${layer + 1}, head ${head + 1}`}
        aria-orientation="vertical"
        aria-valuemin={1}
        aria-valuemax={length}
        aria-valuenow={query + 1}
        aria-valuetext={lookWords(query, row, model.medium)}
        onPointerMove={(event) => selectQuery(pointed(event).query)}
        onDoubleClick={(event) => {
          const { query: at, key } = pointed(event);
          zoom(2, at, key);
        }}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          if (onKey(event.key, selecting, length)) event.preventDefault();
        }}
      >
        <WeightPicture cells={cells} />
        {inside && (
          <i
            className={styles.line}
            style={{
              top: `${(100 * (query - queries.from)) / size}%`,
              height: `max(2px, ${100 / size}%)`,
            }}
          />
        )}
      </div>
      <p className={styles.axes}>
        <span>
          down: bytes {count(queries.from + 1)} to {count(queries.to)}, as they are made
        </span>
        <span>
          across: what they look at, {keys.from === 0 ? 'the start' : `byte ${count(keys.from)}`} to byte{' '}
          {count(keys.to - 1)}
        </span>
      </p>
    </>
  );
}

/** Does what a key stands for; false where it stands for nothing. */
function onKey(key: string, { query, region, ...selecting }: Selecting, length: number): boolean {
  const page = Math.max(1, Math.floor((region.queries.to - region.queries.from) / 10));
  switch (key) {
    case 'ArrowUp':
      selecting.selectQuery(query - 1);
      return true;
    case 'ArrowDown':
      selecting.selectQuery(query + 1);
      return true;
    case 'PageUp':
      selecting.selectQuery(query - page);
      return true;
    case 'PageDown':
      selecting.selectQuery(query + page);
      return true;
    case 'Home':
      selecting.selectQuery(0);
      return true;
    case 'End':
      selecting.selectQuery(length - 1);
      return true;
    case 'ArrowLeft':
      selecting.pan(-0.25);
      return true;
    case 'ArrowRight':
      selecting.pan(0.25);
      return true;
    case '+':
    case '=':
      selecting.zoom(2, query, query);
      return true;
    case '-':
      selecting.zoom(0.5, query, query);
      return true;
    default:
      return false;
  }
}
