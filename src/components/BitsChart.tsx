// Bits per byte over a run: what it learns from, what it has never seen, and what gzip needs for the same bytes.
// Lines are named where they end instead of in a legend.

import { CartesianGrid, Line, LineChart, ReferenceDot, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import styles from './BitsChart.module.css';
import { ChartFrame } from './ChartFrame.tsx';
import { axis as axisLook, grid, tooltip } from './chartStyle.ts';
import { count, duration } from './format.ts';

interface BitsPoint {
  readonly x: number;
  readonly bits: number;
}

/** A run that is drawn to compare with: what it had never seen. */
interface EarlierLine {
  /** By which the line is named. */
  readonly number: number;
  readonly colour: string;
  readonly points: readonly BitsPoint[];
}

interface BitsChartProps {
  readonly learning: readonly BitsPoint[];
  readonly heldOut: readonly BitsPoint[];
  readonly earlier?: readonly EarlierLine[];
  /** What gzip needs; null where it is not known. */
  readonly gzip: number | null;
  readonly axis: 'steps' | 'seconds';
  readonly scale: 'log' | 'linear';
  /** Where the x axis ends at least, so that a running curve does not stretch all the time. */
  readonly until: number;
}

const TICKS = [0.125, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8];
const margin = { top: 12, right: 92, bottom: 4, left: 0 };

/** A place on the x axis, and the bits of the lines that have a point there, by the line's key. */
type Row = { readonly x: number } & Readonly<Record<string, number>>;

const keyOf = ({ number }: EarlierLine) => `run ${number}`;

function rowsOf(
  learning: readonly BitsPoint[],
  heldOut: readonly BitsPoint[],
  earlier: readonly EarlierLine[],
): Row[] {
  const rows: Row[] = [
    ...learning.map(({ x, bits }) => ({ x, learning: bits })),
    ...heldOut.map(({ x, bits }) => ({ x, heldOut: bits })),
    ...earlier.flatMap((line) => line.points.map(({ x, bits }) => ({ x, [keyOf(line)]: bits }))),
  ];
  return rows.sort((a, b) => a.x - b.x);
}

/** The range of bits to show: all points, the line of gzip, and a little air below. */
function domainOf(
  points: readonly BitsPoint[],
  gzip: number | null,
  scale: 'log' | 'linear',
): [number, number] {
  const values = points.map(({ bits }) => bits).filter((bits) => bits > 0);
  if (gzip !== null) values.push(gzip);
  const low = Math.min(8, ...values);
  const high = Math.max(...values, low * 1.2);
  return scale === 'log' ? [low * 0.88, high * 1.02] : [0, high * 1.02];
}

export function BitsChart({ learning, heldOut, earlier = [], gzip, axis, scale, until }: BitsChartProps) {
  const before = earlier.flatMap(({ points }) => points);
  const [low, high] = domainOf([...learning, ...heldOut, ...before], gzip, scale);
  const lastLearning = learning.at(-1);
  const lastHeldOut = heldOut.at(-1);
  // The labels of two lines that end close together move apart.
  const apart =
    lastLearning && lastHeldOut && Math.abs(Math.log(lastLearning.bits / lastHeldOut.bits)) < 0.14;
  const heldOutBelow = (lastHeldOut?.bits ?? 0) < (lastLearning?.bits ?? 0);
  const end = Math.max(until, ...[...learning, ...before].map(({ x }) => x));
  return (
    <ChartFrame className={styles.chart} width={600} height={320}>
      <LineChart data={rowsOf(learning, heldOut, earlier)} margin={margin} accessibilityLayer={false}>
        <CartesianGrid {...grid} />
        <XAxis
          {...axisLook}
          dataKey="x"
          type="number"
          domain={[0, end]}
          tickFormatter={axis === 'steps' ? count : duration}
          minTickGap={40}
        />
        <YAxis
          {...axisLook}
          scale={scale}
          domain={[low, high]}
          ticks={TICKS.filter((tick) => tick >= low && tick <= high)}
          allowDataOverflow
          width={40}
        />
        <Tooltip
          {...tooltip}
          labelFormatter={(x) => (axis === 'steps' ? `step ${count(Number(x))}` : duration(Number(x)))}
          formatter={(bits) => Number(bits).toFixed(3)}
        />
        {gzip !== null && (
          <ReferenceLine
            y={gzip}
            stroke="var(--dim)"
            strokeDasharray="5 5"
            label={{
              value: `gzip ${gzip.toFixed(2)}`,
              position: 'insideBottomRight',
              fill: 'var(--dim)',
              fontSize: 12,
            }}
          />
        )}
        {earlier.map((line) => (
          <Line
            key={keyOf(line)}
            dataKey={keyOf(line)}
            name={keyOf(line)}
            stroke={line.colour}
            strokeWidth={1.75}
            strokeDasharray="7 3"
            dot={false}
            connectNulls
            isAnimationActive={false}
          />
        ))}
        <Line
          dataKey="learning"
          name="learning"
          stroke="var(--learning)"
          strokeWidth={1.5}
          dot={false}
          connectNulls
          isAnimationActive={false}
        />
        <Line
          dataKey="heldOut"
          name="held out"
          stroke="var(--held-out)"
          strokeWidth={2.25}
          dot={heldOut.length < 40 ? { r: 2, fill: 'var(--held-out)', strokeWidth: 0 } : false}
          connectNulls
          isAnimationActive={false}
        />
        {earlier.map((line, index) => (
          <LineNumber key={keyOf(line)} line={line} place={0.92 - 0.14 * index} />
        ))}
        {lastLearning && (
          <EndLabel
            point={lastLearning}
            colour="var(--learning)"
            words="learning"
            shift={apart ? (heldOutBelow ? -9 : 9) : 0}
          />
        )}
        {lastHeldOut && (
          <EndLabel
            point={lastHeldOut}
            colour="var(--held-out)"
            words="held out"
            shift={apart ? (heldOutBelow ? 9 : -9) : 0}
          />
        )}
      </LineChart>
    </ChartFrame>
  );
}

interface EndLabelProps {
  readonly point: BitsPoint;
  readonly colour: string;
  readonly words: string;
  /** Pixels down. */
  readonly shift: number;
}

function EndLabel({ point, colour, words, shift }: EndLabelProps) {
  return (
    <ReferenceDot
      x={point.x}
      y={point.bits}
      r={3.5}
      fill={colour}
      stroke="none"
      ifOverflow="visible"
      label={{ value: words, position: 'right', fill: colour, fontSize: 12.5, dy: shift, offset: 9 }}
    />
  );
}

/** The number of a run on its line: at a place of its own, since lines often end together. */
function LineNumber({ line, place }: { readonly line: EarlierLine; readonly place: number }) {
  const { points, colour, number } = line;
  const point = points[Math.round(place * (points.length - 1))];
  if (!point) return null;
  return (
    <ReferenceDot
      x={point.x}
      y={point.bits}
      r={8}
      fill="var(--card)"
      stroke={colour}
      label={{ value: number, position: 'center', fill: 'var(--text)', fontSize: 11 }}
    />
  );
}
