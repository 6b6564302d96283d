// What each head does, in two numbers: how far back it looks, and how widely it spreads its weight. As a small chart, in
// which a head can be chosen, and as a table.

import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { Term } from '../../components/Term.tsx';
import { headFactors } from '../../model/config.ts';
import { FACTOR_WORDS, type Factor } from '../../patterns/index.ts';
import type { HeadMap } from '../../protocol/index.ts';
import type { Inspected } from '../../state/inspect.ts';
import { DOT_RADIUS, type DotName, dotNames } from './dotNames.ts';
import styles from './HeadsCard.module.css';

interface HeadsCardProps {
  readonly seen: Inspected;
  readonly layer: number;
  readonly head: number;
  readonly onSelect: (layer: number, head: number) => void;
}

const nameOf = ({ layer, head }: Pick<HeadMap, 'layer' | 'head'>) => `${layer + 1}.${head + 1}`;

export function HeadsCard({ seen, layer, head, onSelect }: HeadsCardProps) {
  const { heads } = seen.inspection.maps;
  const { attention } = seen.model.config;
  const [table, setTable] = useState(false);
  return (
    <Card
      title="What each head does"
      side={
        <SegmentedControl
          size="xs"
          aria-label="Show the heads as"
          data={['chart', 'table']}
          value={table ? 'table' : 'chart'}
          onChange={(value) => setTable(value === 'table')}
        />
      }
    >
      {table ? (
        <ScrollRegion name="The heads as a table" className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">layer.head</th>
                <th scope="col">by</th>
                <th scope="col">
                  <Term explain="How widely the weight is spread, in bits: 0 looks at one key only, 3 at eight alike.">
                    spread
                  </Term>
                </th>
                <th scope="col">
                  <Term explain="How many positions back a head looks, on average by weight.">back</Term>
                </th>
              </tr>
            </thead>
            <tbody>
              {heads.map((map) => (
                <tr key={nameOf(map)} data-chosen={(map.layer === layer && map.head === head) || undefined}>
                  <th scope="row">{nameOf(map)}</th>
                  <td>
                    {headFactors(attention, map.layer, map.head)
                      .map((factor) => FACTOR_WORDS[factor])
                      .join(' and ')}
                  </td>
                  <td>{map.entropyBits.toFixed(2)} bits</td>
                  <td>{map.meanDistance.toFixed(1)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      ) : (
        <Chart
          heads={heads}
          factorOf={(map) => headFactors(attention, map.layer, map.head)[0] ?? 'dense'}
          chosen={nameOf({ layer, head })}
          onSelect={onSelect}
        />
      )}
    </Card>
  );
}

const WIDTH = 360;
const HEIGHT = 200;
const LEFT = 34;
const BOTTOM = 30;

interface ChartProps {
  readonly heads: readonly HeadMap[];
  readonly factorOf: (map: HeadMap) => Factor;
  readonly chosen: string;
  readonly onSelect: (layer: number, head: number) => void;
}

/** Each head a dot: to the right, further back; upwards, more widely spread. */
function Chart({ heads, factorOf, chosen, onSelect }: ChartProps) {
  const furthest = Math.max(2, ...heads.map(({ meanDistance }) => meanDistance));
  const widest = Math.max(1, ...heads.map(({ entropyBits }) => entropyBits));
  const x = (distance: number) =>
    LEFT + (Math.log2(1 + distance) / Math.log2(1 + furthest)) * (WIDTH - LEFT - 16);
  const y = (bits: number) => HEIGHT - BOTTOM - (bits / widest) * (HEIGHT - BOTTOM - 14);
  const dots = heads.map((map) => ({ x: x(map.meanDistance), y: y(map.entropyBits), name: nameOf(map) }));
  const names = dotNames(dots, chosen, [LEFT, WIDTH]);
  const doublings = Array.from({ length: Math.floor(Math.log2(1 + furthest)) + 1 }, (_, i) => 2 ** i - 1);
  const marks = doublings.filter((_, index) => doublings.length < 8 || index % 2 === 0);
  return (
    <svg
      className={styles.chart}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`How far back each of ${count(heads.length)} heads looks, and how widely it spreads its weight; the table has the numbers.`}
    >
      <line x1={LEFT} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} className={styles.axis} />
      <line x1={LEFT} x2={LEFT} y1={4} y2={HEIGHT - BOTTOM} className={styles.axis} />
      {marks.map((distance) => (
        <text key={distance} x={x(distance)} y={HEIGHT - BOTTOM + 13} textAnchor="middle">
          {distance}
        </text>
      ))}
      {[0, widest / 2, widest].map((bits) => (
        <text key={bits} x={LEFT - 5} y={y(bits) + 4} textAnchor="end">
          {bits.toFixed(1)}
        </text>
      ))}
      <text x={WIDTH} y={HEIGHT - 2} textAnchor="end">
        positions back →
      </text>
      <text x={LEFT + 6} y={11}>
        ↑ bits of spread
      </text>
      {heads.map((map, index) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the pictures of the heads do the same by keyboard
        <g
          key={nameOf(map)}
          className={styles.dot}
          data-chosen={nameOf(map) === chosen || undefined}
          onClick={() => onSelect(map.layer, map.head)}
        >
          <title>{`Layer ${map.layer + 1}, head ${map.head + 1}`}</title>
          <circle
            cx={dots[index]?.x}
            cy={dots[index]?.y}
            r={DOT_RADIUS}
            fill={`var(--factor-${factorOf(map)})`}
          />
          <DotLabel name={names.get(index)} />
        </g>
      ))}
    </svg>
  );
}

function DotLabel({ name }: { readonly name: DotName | undefined }) {
  return (
    name && (
      <text x={name.x} y={name.y} textAnchor={name.anchor}>
        {name.text}
      </text>
    )
  );
}
