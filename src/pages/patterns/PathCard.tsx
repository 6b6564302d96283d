// The way of one position's byte to another through the fewest layers, step by step.

import { memo, useCallback } from 'react';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { NumberSetting, SettingsGroup } from '../../components/Settings.tsx';
import { FACTOR_WORDS, type Path, shortestPath } from '../../patterns/index.ts';
import styles from './PathCard.module.css';
import { PathPicture } from './PathPicture.tsx';
import page from './PatternsPage.module.css';
import type { PatternSettings } from './settings.ts';
import type { ShownPattern } from './shown.ts';
import type { Change } from './usePatternSettings.ts';
import { useSliced } from './useSliced.ts';
import { Working } from './Working.tsx';

type Ends = Pick<PatternSettings, 'length' | 'query' | 'source'>;

interface PathCardProps extends Ends {
  readonly shown: readonly ShownPattern[];
  readonly onChange: Change;
}

/** The deepest model of the paper. */
const MOST_LAYERS = 128;

export const PathCard = memo(function PathCard({ length, query, source, shown, onChange }: PathCardProps) {
  return (
    <Card title="The shortest path" note={`from position ${count(query)} back to ${count(source)}`}>
      <SettingsGroup title="Ends">
        <NumberSetting
          name="later position"
          value={query}
          min={0}
          max={length - 1}
          integer
          show={count}
          onChange={(next) => onChange({ query: next })}
        />
        <NumberSetting
          name="earlier position"
          value={source}
          min={0}
          max={length - 1}
          integer
          show={count}
          onChange={(next) => onChange({ source: next })}
        />
      </SettingsGroup>
      {source > query ? (
        <p className={page.dim}>
          Position {count(source)} is later than {count(query)}: nobody sees the future. Choose an earlier
          one.
        </p>
      ) : (
        shown.map((pattern, index) => (
          <PatternPath
            // biome-ignore lint/suspicious/noArrayIndexKey: the first and the second place
            key={index}
            {...{ length, query, source, pattern }}
          />
        ))
      )}
    </Card>
  );
});

function PatternPath({
  length,
  query,
  source,
  pattern: { heads, name },
}: Ends & { readonly pattern: ShownPattern }) {
  const state = useSliced(
    useCallback(
      function* () {
        const path = yield* shortestPath(heads, query, source, MOST_LAYERS);
        return { path, query, source, turn: heads.length };
      },
      [heads, query, source],
    ),
  );
  const found = state.value;
  return (
    <div className={styles.path}>
      <h3 className={styles.name}>{name}</h3>
      <Working what="Looking for the path" state={state} />
      {found && <p className={page.dim}>{pathWords(found)}</p>}
      {found?.path.kind === 'path' && found.path.hops.length > 0 && (
        <div className={styles.steps}>
          <PathPicture path={found.path} query={found.query} source={found.source} length={length} />
          <ScrollRegion name={`Steps of the path, ${name}`} className={styles.list}>
            <ol>
              {found.path.hops.map(({ layer, from, to, factor }) => (
                <li key={layer}>
                  layer {layer}: <b>{count(from)}</b> looks at <b>{count(to)}</b>
                  <span className={styles.factor}>
                    <i style={{ background: `var(--factor-${factor})` }} aria-hidden="true" />
                    {FACTOR_WORDS[factor]}
                  </span>
                </li>
              ))}
            </ol>
          </ScrollRegion>
        </div>
      )}
    </div>
  );
}

function pathWords({
  path,
  query,
  source,
  turn,
}: {
  readonly path: Path;
  readonly query: number;
  readonly source: number;
  readonly turn: number;
}): string {
  if (path.kind === 'never') {
    return `No number of layers ever brings ${count(source)} to ${count(query)}: this pattern keeps the two apart.`;
  }
  if (path.kind === 'deeper') {
    return `It takes more than ${MOST_LAYERS} layers, the depth of the paper’s deepest model.`;
  }
  if (path.hops.length === 0) return 'They are the same position: its own residual carries it.';
  const steps = path.hops.length === 1 ? 'One step' : `${path.hops.length} steps`;
  const layers = path.layers === 1 ? 'one layer' : `${path.layers} layers`;
  const waits =
    path.layers > path.hops.length
      ? ' In the other layers the residual carries it on, because their pattern leads nowhere nearer.'
      : '';
  return `${steps} through ${layers}${turn > 1 ? ', counted from the lowest' : ''}.${waits}`;
}
