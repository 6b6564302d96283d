// All layers and heads as small pictures, one of which is chosen: a radio group, so that arrow keys go from head to head.

import { useId, useMemo, useRef } from 'react';
import { WeightPicture } from '../../components/seen/WeightPicture.tsx';
import { drawnCells } from '../../components/seen/weightCells.ts';
import { segmentsOfHead } from '../../model/attention.ts';
import { headGroups } from '../../model/config.ts';
import { FACTOR_WORDS } from '../../patterns/index.ts';
import type { Inspected } from '../../state/inspect.ts';
import styles from './HeadGrid.module.css';
import { whole } from './region.ts';

interface HeadGridProps {
  readonly seen: Inspected;
  readonly layer: number;
  readonly head: number;
  readonly onSelect: (layer: number, head: number) => void;
}

export function HeadGrid({ seen, layer, head, onSelect }: HeadGridProps) {
  const { model, inspection } = seen;
  const { nLayer, nHead } = model.config;
  const { maps, tokens } = inspection;
  const length = tokens.length;
  const grid = useRef<HTMLDivElement>(null);
  const name = useId();
  const pictures = useMemo(
    () =>
      maps.heads.map((map) => {
        const segments = segmentsOfHead(headGroups(model.config, map.layer), map.head);
        return { map, segments, cells: drawnCells(map, segments, whole(length), maps) };
      }),
    [maps, model, length],
  );
  const move = (to: number) => {
    const picture = pictures[to];
    if (!picture) return;
    onSelect(picture.map.layer, picture.map.head);
    grid.current?.querySelectorAll('input')[to]?.focus();
  };
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: nHead,
    ArrowUp: -nHead,
  };
  return (
    <div
      ref={grid}
      role="radiogroup"
      aria-label="Layer and head"
      className={styles.grid}
      style={{ gridTemplateColumns: `max-content repeat(${Math.min(nHead, 8)}, minmax(0, 116px))` }}
    >
      {Array.from({ length: nLayer }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its place
        <div key={row} className={styles.layer} role="presentation">
          <span className={styles.name} aria-hidden="true">
            {row + 1}
          </span>
          {pictures.slice(row * nHead, (row + 1) * nHead).map(({ map, segments, cells }) => {
            const checked = map.layer === layer && map.head === head;
            const factors = segments.map(({ factor }) => FACTOR_WORDS[factor]).join(' and ');
            return (
              <label
                key={map.head}
                className={styles.head}
                style={{ gridColumn: (map.head % 8) + 2 }}
                title={`Layer ${map.layer + 1}, head ${map.head + 1}: ${factors}`}
              >
                <input
                  type="radio"
                  name={name}
                  className={styles.input}
                  checked={checked}
                  aria-label={`Layer ${map.layer + 1}, head ${map.head + 1}: ${factors}`}
                  onChange={() => onSelect(map.layer, map.head)}
                  onKeyDown={(event) => {
                    const step = steps[event.key];
                    if (step === undefined) return;
                    event.preventDefault();
                    move(map.layer * nHead + map.head + step);
                  }}
                />
                <WeightPicture cells={cells} small />
              </label>
            );
          })}
        </div>
      ))}
    </div>
  );
}
