// A small curve without axes, with its newest value beside it.

import styles from './Sparkline.module.css';

interface SparklineProps {
  readonly name: string;
  readonly values: readonly number[];
  readonly show: (value: number) => string;
}

const WIDTH = 240;
const HEIGHT = 44;

/** The line through the values that are numbers, from left to right over the whole width. */
function pathOf(values: readonly number[], low: number, high: number): string {
  const span = high - low || 1;
  const scale = WIDTH / Math.max(1, values.length - 1);
  return values
    .map((value, index) => [index * scale, HEIGHT - 3 - ((value - low) / span) * (HEIGHT - 6)] as const)
    .filter(([, y]) => Number.isFinite(y))
    .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
}

export function Sparkline({ name, values, show }: SparklineProps) {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const last = values.at(-1);
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <span>{name}</span>
        <span className={styles.value}>{last === undefined ? '–' : show(last)}</span>
      </figcaption>
      <svg
        className={styles.line}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={
          finite.length > 0 ? `${name}: from ${show(low)} to ${show(high)}` : `${name}: nothing yet`
        }
      >
        <path d={pathOf(values, low, high)} />
      </svg>
    </figure>
  );
}
