// What a position looks at most, in numbers: for whoever wants them, and for whoever does not see the picture.

import { useMemo } from 'react';
import { byteGlyphs } from '../../components/byteGlyphs.ts';
import { count } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { topKeys } from '../../components/seen/seen.ts';
import type { Medium } from '../../data/medium.ts';
import { FACTOR_WORDS } from '../../patterns/index.ts';
import type { AttentionRow } from '../../protocol/index.ts';
import styles from './TopKeysTable.module.css';

interface TopKeysTableProps {
  readonly row: AttentionRow | null;
  readonly tokens: Uint8Array;
  readonly medium: Medium;
  /** Most keys listed. */
  readonly rows: number;
}

export function TopKeysTable({ row, tokens, medium, rows }: TopKeysTableProps) {
  const names = useMemo(() => byteNames(tokens, medium), [tokens, medium]);
  if (!row) return <p className={styles.nothing}>The weights come as soon as the engine has a moment.</p>;
  const top = topKeys(row, rows);
  const allowed = row.segments.reduce((sum, { keys }) => sum + keys.length, 0);
  return (
    <ScrollRegion name="The keys of this byte" className={styles.scroll}>
      <table className={styles.table}>
        <caption>
          Byte {count(row.query + 1)}, {names(row.query)}, may look at {count(allowed)} and looks most at
        </caption>
        <thead>
          <tr>
            <th scope="col">byte</th>
            <th scope="col">is</th>
            <th scope="col">back</th>
            <th scope="col">by</th>
            <th scope="col">weight</th>
          </tr>
        </thead>
        <tbody>
          {top.map(({ key, factor, weight }) => (
            <tr key={key}>
              <td>{key === 0 ? 'start' : count(key)}</td>
              <td>{key === 0 ? '–' : names(key - 1)}</td>
              <td>{count(row.query - key + 1)}</td>
              <td>
                <i style={{ background: `var(--factor-${factor})` }} aria-hidden="true" />
                {FACTOR_WORDS[factor]}
              </td>
              <td>{(100 * weight).toFixed(1)}%</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** What a byte is called: its letter, or its number. */
function byteNames(tokens: Uint8Array, medium: Medium): (index: number) => string {
  if (medium.kind !== 'text') return (index) => String(tokens[index] ?? '–');
  const glyphs = byteGlyphs(tokens);
  return (index) => glyphs[index]?.name ?? '–';
}
