// A pattern's connectivity: a row for each position that asks, a column for each that is asked, coloured by the
// factor that lets it. Drawn from the segments that the kernels compute, so it cannot show anything else.

import { memo, useMemo } from 'react';
import { FACTOR_WORDS, type Factor, type PatternHead } from '../patterns/index.ts';
import { type Coverage, coverage } from './attention/coverage.ts';
import styles from './PatternMatrix.module.css';

interface PatternMatrixProps {
  readonly heads: readonly PatternHead[];
  readonly length: number;
  readonly maxCells?: number;
  /** What the picture shows, for those who do not see it. */
  readonly label: string;
}

/** Brightness steps: what a cell holds only in part is paler. */
const levels = [0.25, 0.5, 0.75, 1];

function Matrix({ heads, length, maxCells = 64, label }: PatternMatrixProps) {
  const drawn = useMemo(() => coverage(heads, length, maxCells), [heads, length, maxCells]);
  return (
    <svg
      className={styles.matrix}
      viewBox={`0 0 ${drawn.cells} ${drawn.cells}`}
      role="img"
      aria-label={label}
    >
      {[...drawn.shares.keys()].flatMap((factor) =>
        levels.map((level) => (
          <path
            key={`${factor} ${level}`}
            d={cellsOfLevel(drawn, factor, level)}
            fill={`var(--factor-${factor})`}
            fillOpacity={level}
          />
        )),
      )}
    </svg>
  );
}

/** Drawn anew only when the pattern is another one. */
export const PatternMatrix = memo(Matrix);

/** The path of a factor's cells of one brightness. A small gap between cells makes the weave visible. */
function cellsOfLevel({ cells, shares }: Coverage, factor: Factor, level: number): string {
  const share = shares.get(factor);
  let path = '';
  share?.forEach((value, index) => {
    if (value === 0 || Math.ceil(Math.sqrt(value) * levels.length) / levels.length !== level) return;
    path += `M${(index % cells) + 0.07} ${Math.floor(index / cells) + 0.07}h.86v.86h-.86z`;
  });
  return path;
}

/** The colours of the factors with their names. */
export function PatternLegend({ factors }: { readonly factors: readonly Factor[] }) {
  return (
    <ul className={styles.legend}>
      {factors.map((factor) => (
        <li key={factor}>
          <i style={{ background: `var(--factor-${factor})` }} aria-hidden="true" />
          {FACTOR_WORDS[factor]}
        </li>
      ))}
    </ul>
  );
}
