// What a position looks at most, in numbers: for whoever wants them, and for whoever does not see the picture.

import { useMemo } from 'react';
import { byteGlyphs } from '../../components/byteGlyphs.ts';
import { count } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { CHANNELS, pixelOf, placeWords } from '../../components/seen/places.ts';
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
  const nameOf = useMemo(() => byteNames(tokens, medium), [tokens, medium]);
  const first = capital(placeWords(row?.query ?? 0, medium));
  if (!row) return <p className={styles.nothing}>The weights come as soon as the engine has a moment.</p>;
  const top = topKeys(row, rows);
  const allowed = row.segments.reduce((sum, { keys }) => sum + keys.length, 0);
  return (
    <ScrollRegion name="The keys of this byte" className={styles.scroll}>
      <table className={styles.table}>
        <caption>
          {first}, {nameOf(row.query)}, may look at {count(allowed)}{' '}
          {row.head === 'mean' ? 'through all heads' : ''} and looks most at
        </caption>
        <thead>
          <tr>
            <th scope="col">{columns[medium.kind]}</th>
            <th scope="col">is</th>
            <th scope="col">back</th>
            <th scope="col">by</th>
            <th scope="col">weight</th>
          </tr>
        </thead>
        <tbody>
          {top.map(({ key, factor, weight }) => (
            <tr key={key}>
              <td>{key === 0 ? 'start' : placeName(key - 1, medium)}</td>
              <td>{key === 0 ? '–' : nameOf(key - 1)}</td>
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

const columns = { text: 'byte', image: 'row, column', audio: 'sample' };

/** A place without the words that stand above its column. */
function placeName(index: number, medium: Medium): string {
  if (medium.kind !== 'image') return count(index + 1);
  const { row, column, channel } = pixelOf(index, medium);
  return `${row + 1}, ${column + 1}${medium.channels === 3 ? ` ${CHANNELS[channel]}` : ''}`;
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** What a byte is: its letter, or its number. */
function byteNames(tokens: Uint8Array, medium: Medium): (index: number) => string {
  if (medium.kind !== 'text') return (index) => String(tokens[index] ?? '–');
  const glyphs = byteGlyphs(tokens);
  return (index) => glyphs[index]?.name ?? '–';
}
