// Time over length, both logarithmic: medians as points, their quartiles as bars, theory as dashed lines whose slope is the
// power of n.

import { CartesianGrid, ErrorBar, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartFrame } from '../../components/ChartFrame.tsx';
import { axis, grid, tooltip } from '../../components/chartStyle.ts';
import { count } from '../../components/format.ts';
import styles from './BenchmarkPage.module.css';
import { type MeasuredPattern, milliseconds, PATTERNS, type Pass, type Point, spread } from './results.ts';

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
  const powers = powersAround(points.flatMap(timesAt));
  const lengths = points.map(({ n }) => n);
  const [first = 1, last = 1] = [lengths[0], lengths.at(-1)];
  return (
    <>
      <ChartFrame className={styles.chart} label={label(points, pass)} width={700} height={340}>
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
            formatter={(value, name, item) => toldTime(Number(value), name, item.payload)}
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
              dot={{ r: 3.5, fill: colours[pattern], strokeWidth: 0 }}
              isAnimationActive={false}
            >
              <ErrorBar
                dataKey={(point: Point) => aroundMedian(point, pattern)}
                width={6}
                stroke={colours[pattern]}
                strokeWidth={1.5}
                isAnimationActive={false}
              />
            </Line>
          ))}
        </LineChart>
      </ChartFrame>
      <ul className={styles.legend} aria-label="Lines">
        {PATTERNS.map((pattern) => (
          <li key={pattern}>
            <i style={{ background: colours[pattern] }} aria-hidden="true" />
            {pattern}
          </li>
        ))}
        <li>
          <svg width="13" height="14" aria-hidden="true">
            <path d="M0.5 1H12.5M6.5 1V13M0.5 13H12.5" fill="none" stroke="var(--dim)" strokeWidth="1.5" />
          </svg>
          first to third quartile
        </li>
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

/** All times that are drawn at one length. */
function timesAt({ n: _, quartiles, ...times }: Point): number[] {
  return [...Object.values(times), ...Object.values(quartiles).flat()];
}

/** How far the quartiles lie below and above the median. */
function aroundMedian(point: Point, pattern: MeasuredPattern): [below: number, above: number] | undefined {
  const [median, quartiles] = [point[pattern], point.quartiles[pattern]];
  return median === undefined || !quartiles ? undefined : [median - quartiles[0], quartiles[1] - median];
}

/** A time at the pointer: theory alone, or a median with its quartiles. */
function toldTime(ms: number, name: unknown, { quartiles }: Point): string {
  const around = PATTERNS.find((pattern) => pattern === name);
  const measured = around && quartiles[around];
  return measured ? `${milliseconds(ms)} (${spread(measured)})` : milliseconds(ms);
}

/** Powers of ten from below the least to above the greatest. */
function powersAround(times: readonly number[]): number[] {
  const values = times.length > 0 ? times : [1];
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
