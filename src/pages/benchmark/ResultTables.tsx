// Training steps and sampling, each as a table: a few rows, whose numbers say more than a picture would.

import type { ReactNode } from 'react';
import table from '../../components/attention/DataTable.module.css';
import { Card } from '../../components/Card.tsx';
import { bytes, count, short } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import styles from './BenchmarkPage.module.css';
import { isMeasured, milliseconds, type RowsOf, share, spread } from './results.ts';

export function TrainTable({ rows }: { readonly rows: readonly RowsOf<'train'>[] }) {
  return (
    <ResultTable
      title="A training step"
      columns={['model', 'bytes', 'median', 'quartiles', 'bytes a second', 'memory', 'of the peak']}
      empty={rows.length === 0}
    >
      {rows.map((row) => (
        <tr key={row.model}>
          <th scope="row">{row.model}</th>
          <td>{count(row.tokens)}</td>
          {isMeasured(row) ? (
            <>
              <td>{milliseconds(row.stepMs)}</td>
              <td>{spread(row.stepSpreadMs)}</td>
              <td>{short(row.tokensPerSecond)}</td>
              <td>{bytes(row.memoryBytes)}</td>
              <td>{share(row.ofTheory)}</td>
            </>
          ) : (
            <Why span={5}>{row.skipped}</Why>
          )}
        </tr>
      ))}
    </ResultTable>
  );
}

export function SampleTable({ rows }: { readonly rows: readonly RowsOf<'sample'>[] }) {
  return (
    <ResultTable
      title="Sampling"
      columns={['model', 'context', 'drawn', 'a byte', 'quartiles', 'bytes a second']}
      empty={rows.length === 0}
    >
      {rows.map((row) => (
        <tr key={`${row.model} ${row.part}`}>
          <th scope="row">{row.model}</th>
          <td>{count(row.length)}</td>
          <td>{row.part === 'all' ? 'all' : 'its end'}</td>
          {isMeasured(row) ? (
            <>
              <td>{milliseconds(row.tokenMs)}</td>
              <td>{spread(row.tokenSpreadMs)}</td>
              <td>{short(row.tokensPerSecond)}</td>
            </>
          ) : (
            <Why span={3}>{row.skipped}</Why>
          )}
        </tr>
      ))}
    </ResultTable>
  );
}

function Why({ span, children }: { readonly span: number; readonly children: string }) {
  return (
    <td colSpan={span} className={styles.why}>
      {children}
    </td>
  );
}

interface ResultTableProps {
  readonly title: string;
  readonly columns: readonly string[];
  readonly empty: boolean;
  readonly children: ReactNode;
}

function ResultTable({ title, columns, empty, children }: ResultTableProps) {
  if (empty) return null;
  return (
    <Card title={title}>
      <ScrollRegion name={`${title}, measured`} className={table.scroll}>
        <table className={table.table}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </ScrollRegion>
    </Card>
  );
}
