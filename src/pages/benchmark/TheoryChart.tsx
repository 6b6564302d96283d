// Pairs that each pattern computes, from the closed form, for lengths up to a million.

import { useElementSize } from '@mantine/hooks';
import table from '../../components/attention/DataTable.module.css';
import { count, short } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { headPairs, PATTERN_FACTORS, type Pattern, segmentsOf } from '../../patterns/index.ts';
import styles from './BenchmarkPage.module.css';

const LENGTHS = [8, 10, 12, 14, 16, 18, 20].map((power) => 2 ** power);
const HEIGHT = 400;
const margin = { top: 14, right: 104, bottom: 30, left: 32 };

const gridWords = { 3: '1k', 6: '1M', 9: '1G', 12: '1T' };

/** `shift` moves a name away from its neighbour. */
const lines: readonly { pattern: Pattern; name: string; colour: string; shift: number }[] = [
  { pattern: 'dense', name: 'dense', colour: 'var(--factor-dense)', shift: 0 },
  { pattern: 'fixed', name: 'fixed', colour: 'var(--factor-summary)', shift: 0 },
  { pattern: 'strided', name: 'strided', colour: 'var(--factor-column)', shift: -2 },
  { pattern: 'local', name: 'local', colour: 'var(--factor-local)', shift: 8 },
];

function pairsOf(pattern: Pattern, length: number): number {
  const geometry = { stride: Math.round(Math.sqrt(length)), summaryCells: 8, nHead: 1 };
  return headPairs(segmentsOf(PATTERN_FACTORS[pattern], geometry, length), 0, length);
}

const [low, high] = [10 ** 3, 10 ** 12];
const [first, last] = [2 ** 8, 2 ** 20];
const share = (value: number, from: number, to: number) => Math.log(value / from) / Math.log(to / from);
const y = (pairs: number) =>
  HEIGHT - margin.bottom - share(pairs, low, high) * (HEIGHT - margin.top - margin.bottom);

export function TheoryChart() {
  const label = lines.map(({ pattern, name }) => `${name} ${short(pairsOf(pattern, last))}`).join(', ');
  // Drawn at the size it has, so that its words stay as large as all others.
  const { ref, width } = useElementSize();
  const right = Math.max(margin.left, width - margin.right);
  const x = (length: number) => margin.left + share(length, first, last) * (right - margin.left);
  const ticks = LENGTHS.filter((_, index) => width > 560 || index % 3 === 0);
  return (
    <div ref={ref} className={styles.theory}>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`Pairs for ${count(last)} positions: ${label}`}
      >
        {([3, 6, 9, 12] as const).map((power) => (
          <g key={power}>
            <path className={styles.line} d={`M${margin.left} ${y(10 ** power)}H${right}`} />
            <text className={styles.axis} x={margin.left - 10} y={y(10 ** power) + 4} textAnchor="end">
              {gridWords[power]}
            </text>
          </g>
        ))}
        {ticks.map((length) => (
          <text key={length} className={styles.axis} x={x(length)} y={HEIGHT - 12} textAnchor="middle">
            {count(length)}
          </text>
        ))}
        {lines.map(({ pattern, name, colour, shift }) => (
          <g key={pattern}>
            <path
              d={LENGTHS.map((n, i) => `${i === 0 ? 'M' : 'L'}${x(n)} ${y(pairsOf(pattern, n))}`).join('')}
              fill="none"
              stroke={colour}
              strokeWidth={2.25}
            />
            <text x={x(last) + 10} y={y(pairsOf(pattern, last)) + 4 + shift} className={styles.axis}>
              {name} {short(pairsOf(pattern, last))}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

/** The same as a table. */
export function TheoryTable() {
  return (
    <ScrollRegion name="Pairs as a table" className={table.scroll}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">length</th>
            {lines.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {LENGTHS.map((length) => (
            <tr key={length}>
              <th scope="row">{count(length)}</th>
              {lines.map(({ pattern }) => (
                <td key={pattern}>{short(pairsOf(pattern, length))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
