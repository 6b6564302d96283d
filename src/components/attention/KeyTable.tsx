// The keys of one query as a table of runs.

import { FACTOR_WORDS, type KeyRun } from '../../patterns/index.ts';
import { count } from '../format.ts';
import { ScrollRegion } from '../ScrollRegion.tsx';
import styles from './DataTable.module.css';
import { runWords } from './words.ts';

interface KeyTableProps {
  readonly query: number;
  readonly runs: readonly KeyRun[];
  /** Whose keys they are. */
  readonly name: string;
}

const MOST_ROWS = 200;

export function KeyTable({ query, runs, name }: KeyTableProps) {
  return (
    <ScrollRegion name={`Keys of position ${count(query)}, ${name}`} className={styles.scroll}>
      <table className={styles.table}>
        <caption>
          What position {count(query)} looks at
          {runs.length > MOST_ROWS && `, the first ${MOST_ROWS} of ${count(runs.length)} runs`}
        </caption>
        <thead>
          <tr>
            <th scope="col">through</th>
            <th scope="col">positions</th>
            <th scope="col">how many</th>
          </tr>
        </thead>
        <tbody>
          {runs.slice(0, MOST_ROWS).map((run) => (
            <tr key={`${run.factor} ${run.first} ${run.width} ${run.step} ${run.count}`}>
              <th scope="row">
                <i style={{ background: `var(--factor-${run.factor})` }} aria-hidden="true" />
                {FACTOR_WORDS[run.factor]}
              </th>
              <td>{runWords(run)}</td>
              <td>{count(run.width * run.count)}</td>
            </tr>
          ))}
          {runs.length === 0 && (
            <tr>
              <td colSpan={3}>nothing</td>
            </tr>
          )}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
