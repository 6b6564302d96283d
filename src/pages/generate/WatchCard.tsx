// What the byte that is being made looks at, live, drawn on what has been written. Switched off, it costs nothing: the
// engine then computes nothing for it.

import { useMemo } from 'react';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { PatternLegend } from '../../components/PatternMatrix.tsx';
import { NumberSetting, SwitchSetting } from '../../components/Settings.tsx';
import { Seen } from '../../components/seen/Seen.tsx';
import { seenBytes } from '../../components/seen/seen.ts';
import type { Medium } from '../../data/medium.ts';
import { headFactors } from '../../model/config.ts';
import type { ModelInfo } from '../../protocol/index.ts';
import { sampleBytes } from '../../state/generation.ts';
import { watch } from '../../state/looking.ts';
import { useWeft, type WeftState } from '../../state/store.ts';
import { useSlowly } from '../../state/useSlowly.ts';
import type { Seen as SeenRow } from '../../state/watching.ts';
import styles from './WatchCard.module.css';

/** Letters before the one that is made that are shown. */
const SHOWN = 360;
const REDRAW_MS = 60;

const seenOf = ({ watching }: WeftState) => watching.seen;

export function WatchCard({ model }: { readonly model: ModelInfo }) {
  const { on, layer, head } = useWeft(({ watching }) => watching);
  const { config } = model;
  const heads = head === 'mean' ? Array.from({ length: config.nHead }, (_, each) => each) : [head];
  const factors = new Set(heads.flatMap((each) => headFactors(config.attention, layer, each)));
  return (
    <Card title="What it looks at">
      <SwitchSetting
        name="watch"
        explain="Shows, while the model writes, which earlier bytes it looks at for the byte it is making. Off, nothing is computed for it."
        value={on}
        onChange={(next) => void watch({ on: next })}
      />
      {on && (
        <>
          <NumberSetting
            name="layer"
            value={layer + 1}
            min={1}
            max={config.nLayer}
            integer
            show={count}
            stops={Array.from({ length: config.nLayer }, (_, each) => each + 1)}
            onChange={(next) => void watch({ layer: next - 1 })}
          />
          <NumberSetting
            name="head"
            explain="One head of the layer; 0 is the mean of all of them."
            value={head === 'mean' ? 0 : head + 1}
            min={0}
            max={config.nHead}
            integer
            show={(value) => (value === 0 ? 'mean' : String(value))}
            stops={Array.from({ length: config.nHead + 1 }, (_, each) => each)}
            onChange={(next) => void watch({ head: next === 0 ? 'mean' : next - 1 })}
          />
          <Live />
          <PatternLegend factors={[...factors]} />
        </>
      )}
    </Card>
  );
}

function Live() {
  const seen = useSlowly(seenOf, REDRAW_MS);
  const generation = useWeft((state) => state.generation);
  const writing = generation.state === 'empty' ? null : generation.writing;
  const [sample] = writing?.samples ?? [];
  if (!seen || !writing || !sample || seen.id !== writing.id) {
    return <p className={styles.note}>It appears here as soon as the model writes.</p>;
  }
  return <Drawn seen={seen} medium={writing.medium} bytes={sampleBytes(sample)} />;
}

interface DrawnProps {
  readonly seen: SeenRow;
  readonly medium: Medium;
  readonly bytes: Uint8Array;
}

function Drawn({ seen, medium, bytes }: DrawnProps) {
  const { row, first } = seen;
  /** The byte that is being made. */
  const at = first + row.query;
  const from = medium.kind === 'image' ? 0 : medium.kind === 'text' ? Math.max(first, at - SHOWN) : first;
  const where = useMemo(() => {
    const all = seenBytes(row, first - from);
    return from > first ? { ...all, start: null } : all;
  }, [row, first, from]);
  const allowed = row.segments.reduce((sum, { keys }) => sum + keys.length, 0);
  return (
    <>
      <section className={styles.live} aria-label="What the byte being made looks at">
        <Seen medium={medium} bytes={bytes.subarray(from, at)} query={at - from} seen={where} row={row} />
      </section>
      <p className={styles.note}>
        byte {count(at + 1)} may look at {count(allowed)} of {count(row.query + 1)}
      </p>
    </>
  );
}
