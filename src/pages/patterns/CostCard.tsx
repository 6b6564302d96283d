// What it costs against dense attention: the numbers at this length, and the curve over all lengths.

import { Button, SegmentedControl } from '@mantine/core';
import { memo, useMemo, useState } from 'react';
import table from '../../components/attention/DataTable.module.css';
import { Card } from '../../components/Card.tsx';
import { Figure, Figures } from '../../components/Figures.tsx';
import { bytes, count, short } from '../../components/format.ts';
import { PaperLink } from '../../components/Page.tsx';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { CostChart, type CostLine } from './CostChart.tsx';
import styles from './PatternsPage.module.css';
import {
  atLength,
  denseCost,
  HEAD_WIDTH,
  LENGTHS,
  type PatternCost,
  patternCost,
  QUANTITIES,
  type Quantity,
} from './patternCost.ts';
import { percent } from './reachWords.ts';
import type { Sizes } from './settings.ts';
import type { ShownPattern } from './shown.ts';

interface CostCardProps {
  readonly sizes: Sizes;
  readonly shown: readonly ShownPattern[];
}

export const CostCard = memo(function CostCard({ sizes, shown }: CostCardProps) {
  const { length, nHead } = sizes;
  const [quantity, setQuantity] = useState<Quantity>('pairs');
  const [stride, setStride] = useState<'kept' | 'root'>('root');
  const [asTable, setAsTable] = useState(false);
  const dense = useMemo(() => denseCost(length, nHead), [length, nHead]);
  const lines = useMemo(() => linesOf(sizes, shown, quantity, stride), [sizes, shown, quantity, stride]);
  return (
    <Card
      title="Cost against dense"
      note={`a layer of ${count(nHead)} ${nHead === 1 ? 'head' : 'heads'}, ${HEAD_WIDTH} features each, averaged over a turn of the layers`}
    >
      <div className={styles.costs}>
        {shown.map((pattern, index) => (
          <Numbers
            // biome-ignore lint/suspicious/noArrayIndexKey: the first and the second place
            key={index}
            pattern={pattern}
            cost={patternCost(sizes, pattern.layers)}
            dense={dense}
          />
        ))}
      </div>
      <div className={styles.curveBar}>
        <SegmentedControl
          size="xs"
          aria-label="What the curve shows"
          data={Object.entries(QUANTITIES).map(([value, { words }]) => ({ value, label: words }))}
          value={quantity}
          onChange={(value) => setQuantity(value as Quantity)}
        />
        <SegmentedControl
          size="xs"
          aria-label="Stride over the lengths"
          data={[
            { value: 'root', label: 'stride √n' },
            { value: 'kept', label: `stride ${count(sizes.stride)}` },
          ]}
          value={stride}
          onChange={(value) => setStride(value === 'kept' ? 'kept' : 'root')}
        />
        <Button size="compact-sm" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Show the curve' : 'Show as a table'}
        </Button>
      </div>
      {asTable ? (
        <CurveTable lines={lines} quantity={quantity} />
      ) : (
        <CostChart
          lines={lines}
          length={length}
          isBytes={isBytes(quantity)}
          words={QUANTITIES[quantity].words}
        />
      )}
      <p className={styles.dim}>
        Strided attention with a stride of √n grows as n√n. Fixed attention at a given block and c stays a
        share c / l of dense, so it, too, needs blocks that grow. <PaperLink section="4.3" />
      </p>
    </Card>
  );
});

const isBytes = (quantity: Quantity) => quantity === 'weights' || quantity === 'cache';

function linesOf(
  sizes: Sizes,
  shown: readonly ShownPattern[],
  quantity: Quantity,
  stride: 'kept' | 'root',
): CostLine[] {
  const { of } = QUANTITIES[quantity];
  const dense: CostLine = {
    key: 'dense',
    name: 'dense',
    colour: 'var(--factor-dense)',
    values: LENGTHS.map((n) => of(denseCost(n, sizes.nHead))),
  };
  const others = shown.map(({ layers, shortName }, index): CostLine => {
    const last = layers.flat(2).at(-1) ?? 'dense';
    return {
      key: `pattern${index}`,
      name: shortName,
      colour: `var(--factor-${last})`,
      // Of two patterns that cost the same, both lines are seen.
      dashed: index > 0,
      values: LENGTHS.map((n) => of(patternCost(atLength(sizes, n, stride), layers))),
    };
  });
  return [dense, ...others.filter(({ name }) => name !== 'dense')];
}

interface NumbersProps {
  readonly pattern: ShownPattern;
  readonly cost: PatternCost;
  readonly dense: PatternCost;
}

function Numbers({ pattern: { name, shortName }, cost, dense }: NumbersProps) {
  const rows: readonly [words: string, value: string, dense: string, share: number][] = [
    ['query-key pairs', count(cost.pairs), count(dense.pairs), cost.pairs / dense.pairs],
    ['FLOPs forward', short(cost.flopsForward), short(dense.flopsForward), cost.pairs / dense.pairs],
    ['FLOPs backward', short(cost.flopsBackward), short(dense.flopsBackward), cost.pairs / dense.pairs],
    [
      'attention weights, if stored',
      bytes(cost.weightsBytes),
      bytes(dense.weightsBytes),
      cost.pairs / dense.pairs,
    ],
    ['stored here instead', bytes(cost.storedBytes), bytes(dense.storedBytes), 1],
    [
      'cache while sampling',
      bytes(cost.cacheBytes),
      bytes(dense.cacheBytes),
      cost.cacheRows / dense.cacheRows,
    ],
    [
      'cache rows the last byte reads',
      count(cost.rowsRead),
      count(dense.rowsRead),
      cost.rowsRead / dense.rowsRead,
    ],
  ];
  return (
    <div className={styles.cost}>
      <Figures label={`${name} in numbers`}>
        <Figure value={percent(cost.pairs / dense.pairs)} words={`${shortName}: pairs, of dense`} />
        <Figure value={`${short(dense.pairs / cost.pairs)}×`} words="less attention" />
        <Figure value={count(cost.rowsRead)} words="cache rows read for a byte" />
      </Figures>
      <ScrollRegion name={`Cost of ${name}`} className={table.scroll}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">a layer</th>
              <th scope="col">{shortName}</th>
              <th scope="col">dense</th>
              <th scope="col">share</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([words, value, ofDense, share]) => (
              <tr key={words}>
                <th scope="row">{words}</th>
                <td>{value}</td>
                <td>{ofDense}</td>
                <td>{percent(share)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </div>
  );
}

function CurveTable({
  lines,
  quantity,
}: {
  readonly lines: readonly CostLine[];
  readonly quantity: Quantity;
}) {
  const show = isBytes(quantity) ? bytes : short;
  return (
    <ScrollRegion name="The curve as a table" className={table.scroll}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">length</th>
            {lines.map(({ key, name }) => (
              <th key={key} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {LENGTHS.map((n, index) => (
            <tr key={n}>
              <th scope="row">{count(n)}</th>
              {lines.map(({ key, values }) => (
                <td key={key}>{show(values[index] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
