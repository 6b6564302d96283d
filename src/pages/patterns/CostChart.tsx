// Cost over length, both logarithmic: straight lines whose slope is the power of n. Lines are named where they end.

import { CartesianGrid, Line, LineChart, ReferenceDot, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartFrame } from '../../components/ChartFrame.tsx';
import { axis, grid, tooltip } from '../../components/chartStyle.ts';
import { bytes, count, short } from '../../components/format.ts';
import styles from './PatternsPage.module.css';
import { LENGTHS } from './patternCost.ts';

export interface CostLine {
  readonly key: string;
  readonly name: string;
  readonly colour: string;
  readonly dashed?: boolean;
  /** At each of `LENGTHS`. */
  readonly values: readonly number[];
}

interface CostChartProps {
  readonly lines: readonly CostLine[];
  /** The chosen length, marked. */
  readonly length: number;
  readonly isBytes: boolean;
  readonly words: string;
}

const margin = { top: 12, right: 88, bottom: 4, left: 8 };

export function CostChart({ lines, length, isBytes, words }: CostChartProps) {
  const show = isBytes ? bytes : short;
  const rows = LENGTHS.map((n, index) => ({
    n,
    ...Object.fromEntries(lines.map(({ key, values }) => [key, Math.max(1, values[index] ?? 1)])),
  }));
  const last = LENGTHS.at(-1) ?? 1;
  const ends = lines.map(({ values }) => Math.max(1, values.at(-1) ?? 1));
  const label = `${words} over length up to ${count(last)}: ${lines
    .map(({ name }, index) => `${name} ${show(ends[index] ?? 0)}`)
    .join(', ')}`;
  return (
    <ChartFrame className={styles.chart} label={label} width={700} height={300}>
      <LineChart data={rows} margin={margin} accessibilityLayer={false}>
        <CartesianGrid {...grid} />
        <XAxis
          {...axis}
          dataKey="n"
          type="number"
          scale="log"
          domain={[16, last]}
          ticks={[16, 256, 4096, 65_536, last]}
          tickFormatter={count}
        />
        <YAxis
          {...axis}
          scale="log"
          domain={['auto', 'auto']}
          tickFormatter={show}
          width={62}
          tickCount={5}
        />
        <Tooltip
          {...tooltip}
          labelFormatter={(n) => `${count(Number(n))} positions`}
          formatter={(value) => show(Number(value))}
        />
        <ReferenceLine x={length} stroke="var(--dim)" strokeDasharray="4 5" />
        {lines.map(({ key, name, colour, dashed }) => (
          <Line
            key={key}
            dataKey={key}
            name={name}
            stroke={colour}
            strokeWidth={2.25}
            {...(dashed && { strokeDasharray: '9 6' })}
            dot={false}
            isAnimationActive={false}
          />
        ))}
        {lines.map(({ key, name, colour }, index) => (
          <ReferenceDot
            key={key}
            x={last}
            y={ends[index] ?? 1}
            r={3.5}
            fill={colour}
            stroke="none"
            ifOverflow="visible"
            label={{
              value: name,
              position: 'right',
              fill: 'var(--text)',
              fontSize: 12.5,
              offset: 9,
              dy: shiftOf(ends, index),
            }}
          />
        ))}
      </LineChart>
    </ChartFrame>
  );
}

/** Pixels down: names of lines that end close together move apart. */
function shiftOf(ends: readonly number[], index: number): number {
  const own = ends[index] ?? 1;
  const close = (other: number) => Math.abs(Math.log10(own / other)) < 0.35;
  const near = ends.some((end, at) => at !== index && close(end));
  if (!near) return 0;
  const above = ends.some(
    (end, at) => at !== index && close(end) && (end > own || (end === own && at < index)),
  );
  return above ? 8 : -8;
}
