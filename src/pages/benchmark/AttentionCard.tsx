// Attention over growing length: the saving in numbers, the curve beside theory, and all of it as a table.

import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import table from '../../components/attention/DataTable.module.css';
import { Card } from '../../components/Card.tsx';
import { Figure, Figures } from '../../components/Figures.tsx';
import { count } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { AttentionChart } from './AttentionChart.tsx';
import styles from './BenchmarkPage.module.css';
import {
  type AttentionRow,
  isMeasured,
  milliseconds,
  msOf,
  type Pass,
  pointsOf,
  quartilesOf,
  type Saving,
  savingOf,
  share,
  spread,
} from './results.ts';
import { TheoryChart, TheoryTable } from './TheoryChart.tsx';

export function AttentionCard({ rows }: { readonly rows: readonly AttentionRow[] }) {
  const [pass, setPass] = useState<Pass>('forward');
  const [asTable, setAsTable] = useState(false);
  if (rows.length === 0) return <Theory />;
  const saving = savingOf(rows, pass);
  return (
    <Card title="Attention over length" note="one layer, 4 heads of 64 features, stride about √n">
      {saving && <SavingFigures saving={saving} />}
      <div className={styles.bar}>
        <SegmentedControl
          size="xs"
          aria-label="Direction"
          data={['forward', 'backward']}
          value={pass}
          onChange={(value) => setPass(value === 'backward' ? 'backward' : 'forward')}
        />
        <AsTable value={asTable} onChange={setAsTable} />
      </div>
      {asTable ? (
        <AttentionTable rows={rows} pass={pass} />
      ) : (
        <>
          <AttentionChart points={pointsOf(rows, pass)} pass={pass} />
          <Missing rows={rows} />
        </>
      )}
    </Card>
  );
}

interface AsTableProps {
  readonly value: boolean;
  readonly onChange: (asTable: boolean) => void;
}

function AsTable({ value, onChange }: AsTableProps) {
  return (
    <Button size="compact-sm" aria-expanded={value} onClick={() => onChange(!value)}>
      {value ? 'Show the curve' : 'Show as a table'}
    </Button>
  );
}

/** Before anything is measured: what theory expects. */
function Theory() {
  const [asTable, setAsTable] = useState(false);
  return (
    <Card
      title="Query-key pairs over length"
      note="what theory expects; both axes logarithmic, stride √n, 8 summary cells"
    >
      <div className={styles.bar}>
        <AsTable value={asTable} onChange={setAsTable} />
      </div>
      {asTable ? <TheoryTable /> : <TheoryChart />}
      <p className={styles.dim}>
        Measure, and the times of your own GPU take the place of these lines: dense, strided and fixed
        attention, a training step, and sampling.
      </p>
    </Card>
  );
}

function SavingFigures({ saving }: { readonly saving: Saving }) {
  const { length, denseMs, stridedMs, fewerPairs } = saving;
  const faster = denseMs / stridedMs;
  return (
    <Figures label={`Dense against strided over ${count(length)} positions`}>
      <Figure value={milliseconds(denseMs)} words={`dense over ${count(length)}`} />
      <Figure value={milliseconds(stridedMs)} words={`strided over ${count(length)}`} />
      <Figure value={`${times(faster)}×`} words={faster >= 1 ? 'less time' : 'of the speed'} />
      <Figure value={`${times(fewerPairs)}×`} words="fewer pairs, the most to hope for" />
    </Figures>
  );
}

const times = (value: number) => value.toFixed(value < 10 ? 1 : 0);

function Missing({ rows }: { readonly rows: readonly AttentionRow[] }) {
  const missing = rows.flatMap((row) => (isMeasured(row) ? [] : [row]));
  if (missing.length === 0) return null;
  return (
    <ul className={styles.missing} aria-label="Not measured">
      {missing.map(({ pattern, length, skipped }) => (
        <li key={`${pattern} ${length}`}>
          {pattern} over {count(length)}: {skipped}
        </li>
      ))}
    </ul>
  );
}

function AttentionTable({ rows, pass }: { readonly rows: readonly AttentionRow[]; readonly pass: Pass }) {
  return (
    <ScrollRegion name="Attention as a table" className={table.scroll}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">pattern</th>
            <th scope="col">length</th>
            <th scope="col">stride</th>
            <th scope="col">median</th>
            <th scope="col">quartiles</th>
            <th scope="col">runs</th>
            <th scope="col">of the peak</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.pattern} ${row.length}`}>
              <th scope="row">{row.pattern}</th>
              <td>{count(row.length)}</td>
              <td>{row.stride}</td>
              {isMeasured(row) ? (
                <>
                  <td>{milliseconds(msOf(row, pass))}</td>
                  <td>{spread(quartilesOf(row, pass))}</td>
                  <td>{row.runs}</td>
                  <td>{share(pass === 'forward' ? row.forwardOfTheory : row.backwardOfTheory)}</td>
                </>
              ) : (
                <td colSpan={4} className={styles.why}>
                  {row.skipped}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
