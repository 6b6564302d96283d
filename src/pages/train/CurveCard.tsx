// The curve of the run, over steps or seconds, and as a table.

import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { BitsChart } from '../../components/BitsChart.tsx';
import { Card } from '../../components/Card.tsx';
import { wordsOf } from '../../components/medium.ts';
import { changeSettings } from '../../state/commands.ts';
import { drawn } from '../../state/curve.ts';
import { comparable, type RunRecord, type RunSlice } from '../../state/run.ts';
import { useWeft, type WeftState } from '../../state/store.ts';
import { useSlowly } from '../../state/useSlowly.ts';
import styles from './CurveCard.module.css';
import { CurveTable } from './CurveTable.tsx';
import { colourOf, lineOf } from './compared.ts';

const REDRAW_MS = 400;

const runOf = (state: WeftState) => state.run;

export function CurveCard() {
  const run = useSlowly(runOf, REDRAW_MS);
  return run.record && <Curve run={run} record={run.record} />;
}

function Curve({ record, run }: { readonly record: RunRecord; readonly run: RunSlice }) {
  const chart = useWeft((state) => state.settings.chart);
  const [table, setTable] = useState(false);
  const { curve, evaluations } = record;
  const { data, config } = record.setup;
  const { axis, scale } = chart;
  const lines = useMemo(() => {
    const x = (point: { step: number; seconds: number }) => (axis === 'steps' ? point.step : point.seconds);
    return {
      learning: drawn(curve)
        .filter(({ bitsPerByte }) => Number.isFinite(bitsPerByte))
        .map((point) => ({ x: x(point), bits: point.bitsPerByte })),
      heldOut: evaluations.map((point) => ({ x: x(point), bits: point.bitsPerByte })),
    };
  }, [curve, evaluations, axis]);
  const earlier = comparable(run).map((each, index) => ({
    number: index + 1,
    colour: colourOf(each.setup.config),
    points: lineOf(each, axis),
  }));
  return (
    <Card
      className={styles.card}
      title={`Bits per ${wordsOf(config.medium.kind).unit}`}
      side={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Show the curve as"
            data={['log', 'linear', 'table']}
            value={table ? 'table' : scale}
            onChange={(value) => {
              setTable(value === 'table');
              if (value !== 'table')
                changeSettings({ chart: { ...chart, scale: value === 'log' ? 'log' : 'linear' } });
            }}
          />
          <SegmentedControl
            size="xs"
            aria-label="Horizontal axis"
            data={['steps', 'seconds']}
            value={axis}
            onChange={(value) =>
              changeSettings({ chart: { ...chart, axis: value === 'steps' ? 'steps' : 'seconds' } })
            }
          />
        </>
      }
    >
      {table ? (
        <CurveTable curve={curve} evaluations={evaluations} />
      ) : lines.learning.length === 0 && lines.heldOut.length === 0 ? (
        <p className={styles.nothing}>The curve begins with the first step.</p>
      ) : (
        <BitsChart
          {...lines}
          earlier={earlier}
          gzip={data?.gzipBitsPerByte ?? null}
          axis={axis}
          scale={scale}
          until={axis === 'steps' ? Math.min(config.training.steps, 4 * (curve.points.at(-1)?.step ?? 0)) : 0}
        />
      )}
    </Card>
  );
}
