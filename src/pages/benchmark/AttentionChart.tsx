// Time over length, both logarithmic: what was measured as points, theory as dashed lines whose slope is the power of n.

import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { axis, grid, tooltip } from '../../components/chartStyle.ts';
import { count } from '../../components/format.ts';
import styles from './BenchmarkPage.module.css';
import { milliseconds, PATTERNS, type Pass, type Point } from './results.ts';

/** The same colours as everywhere: column for strided, summary for fixed. */
const colours = {
  dense: 'var(--factor-dense)',
  strided: 'var(--factor-column)',
  fixed: 'var(--factor-summary)',
};
const theories = [
  ['square', 'n², through the longest dense', '7 5'],
  ['root', 'n√n, through the longest strided', '2 4'],
] as const;

const margin = { top: 12, right: 24, bottom: 4, left: 8 };

interface AttentionChartProps {
  readonly points: readonly Point[];
  readonly pass: Pass;
}

export function AttentionChart({ points, pass }: AttentionChartProps) {
  const values = points.flatMap(({ n: _, ...times }) => Object.values(times));
  const powers = powersAround(values.length > 0 ? values : [1]);
  const lengths = points.map(({ n }) => n);
  const [first = 1, last = 1] = [lengths[0], lengths.at(-1)];
  return (
    <>
      <div className={styles.chart} role="img" aria-label={label(points, pass)}>
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 700, height: 340 }}>
          <LineChart data={[...points]} margin={margin} accessibilityLayer={false}>
            <CartesianGrid {...grid} />
            <XAxis
              {...axis}
              dataKey="n"
              type="number"
              scale="log"
              domain={[first / 1.15, last * 1.15]}
              ticks={lengths}
              tickFormatter={count}
              minTickGap={14}
            />
            <YAxis
              {...axis}
              scale="log"
              domain={[powers[0] ?? 1, powers.at(-1) ?? 10]}
              ticks={powers}
              allowDataOverflow
              tickFormatter={milliseconds}
              width={62}
            />
            <Tooltip
              {...tooltip}
              labelFormatter={(n) => `${count(Number(n))} positions`}
              formatter={(value) => milliseconds(Number(value))}
            />
            {theories.map(([key, name, dashes]) => (
              <Line
                key={key}
                dataKey={key}
                name={name}
                stroke="var(--dim)"
                strokeWidth={1.5}
                strokeDasharray={dashes}
                dot={false}
                activeDot={false}
                isAnimationActive={false}
              />
            ))}
            {PATTERNS.map((pattern) => (
              <Line
                key={pattern}
                dataKey={pattern}
                stroke={colours[pattern]}
                strokeWidth={2}
                dot={{ r: 4.5, fill: colours[pattern], strokeWidth: 0 }}
                isAnimationActive={false}
              />
            ))}
          </LineChart>
        </ResponsiveContainer>
      </div>
      <ul className={styles.legend} aria-label="Lines">
        {PATTERNS.map((pattern) => (
          <li key={pattern}>
            <i style={{ background: colours[pattern] }} aria-hidden="true" />
            {pattern}
          </li>
        ))}
        {theories.map(([key, name, dashes]) => (
          <li key={key}>
            <svg width="26" height="4" aria-hidden="true">
              <path d="M0 2H26" stroke="var(--dim)" strokeWidth="1.5" strokeDasharray={dashes} />
            </svg>
            {name}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Powers of ten from below the least to above the greatest. */
function powersAround(values: readonly number[]): number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
}

function label(points: readonly Point[], pass: Pass): string {
  const ends = PATTERNS.flatMap((pattern) => {
    const end = points.findLast((point) => point[pattern] !== undefined);
    return end ? [`${pattern} ${milliseconds(end[pattern] ?? 0)} at ${count(end.n)}`] : [];
  });
  return `Time of attention ${pass} over length: ${ends.join(', ') || 'nothing measured'}`;
}
