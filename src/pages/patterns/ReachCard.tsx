// What a position can know of after 1, 2, 3 ... layers: how many positions, which share, where they are; and the share
// of all pairs that are connected then.

import { memo, useCallback } from 'react';
import table from '../../components/attention/DataTable.module.css';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { PaperLink } from '../../components/Page.tsx';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { connected, everReached, reach } from '../../patterns/index.ts';
import styles from './PatternsPage.module.css';
import { ReachStrip } from './ReachStrip.tsx';
import { reachColumns } from './reachColumns.ts';
import { neverWords, percent, queriesLookedAt } from './reachWords.ts';
import type { PatternSettings } from './settings.ts';
import type { ShownPattern } from './shown.ts';
import { useSliced } from './useSliced.ts';
import { Working } from './Working.tsx';

interface ReachCardProps extends Pick<PatternSettings, 'query' | 'length'> {
  readonly shown: readonly ShownPattern[];
}

export const ReachCard = memo(function ReachCard({ query, length, shown }: ReachCardProps) {
  return (
    <Card title={`What reaches position ${count(query)}`} note="through the layers below it">
      <p className={styles.dim}>
        A layer hands on what it has gathered, so two sparse layers can connect what one leaves apart. The
        order counts: own block before summary connects every pair, the reverse only about a quarter in two
        layers. <PaperLink section="4.2" />
      </p>
      {shown.map((pattern, index) => (
        <ReachTable
          // biome-ignore lint/suspicious/noArrayIndexKey: the first and the second place
          key={index}
          query={query}
          length={length}
          pattern={pattern}
        />
      ))}
    </Card>
  );
});

/** Layers that are counted: one turn, or a few. */
const depthOf = ({ heads }: ShownPattern) => Math.min(8, Math.max(4, heads.length));

interface ReachTableProps {
  readonly query: number;
  readonly length: number;
  readonly pattern: ShownPattern;
}

function ReachTable({ query, length, pattern }: ReachTableProps) {
  const { heads, name, words } = pattern;
  const depth = depthOf(pattern);
  const own = useSliced(
    useCallback(
      function* () {
        const { counts, layer } = yield* reach(heads, query, depth);
        const known = reachColumns(layer, depth, length);
        const never = neverWords(query, yield* everReached(heads, query));
        return { query, length, counts, known, never };
      },
      [heads, query, length, depth],
    ),
  );
  const all = useSliced(
    useCallback(() => connected(heads, length, depth, queriesLookedAt(length)), [heads, length, depth]),
  );
  const result = own.value;
  return (
    <div className={styles.reach}>
      <ScrollRegion name={`Reach of position ${count(query)}, ${name}`} className={table.scroll}>
        <table className={`${table.table} ${styles.reachTable}`}>
          <caption>
            {name}, {words}
          </caption>
          <thead>
            <tr>
              <th scope="col">layers</th>
              <th scope="col">positions</th>
              <th scope="col">share</th>
              <th scope="col">where</th>
              <th scope="col">of all pairs</th>
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: depth }, (_, index) => index).map((index) => (
              <tr key={index}>
                <th scope="row">{index + 1}</th>
                <td>{result ? count(result.counts[index] ?? 0) : '…'}</td>
                <td>{result ? percent((result.counts[index] ?? 0) / (result.query + 1)) : '…'}</td>
                <td className={styles.where}>
                  {result?.known[index] && (
                    <ReachStrip known={result.known[index]} at={result.query / result.length} />
                  )}
                </td>
                <td>{all.value ? percent(all.value.shares[index] ?? 0) : '…'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <Working what={`Following position ${count(query)}`} state={own} />
      <Working what="Counting pairs" state={all} />
      <p className={styles.dim}>
        {result?.never}{' '}
        {all.value &&
          (all.value.ever < 1
            ? `Of all pairs, ${percent(1 - all.value.ever)} are never connected, however many layers there are.`
            : 'With enough layers every pair is connected.')}
        {all.value &&
          all.value.queries < length &&
          ` Pairs are estimated from ${all.value.queries} positions.`}
      </p>
    </div>
  );
}
