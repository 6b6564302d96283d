// What each head of a model has learnt to look at, on any input: all heads at once, one enlarged, its weights on the
// input itself, and what the heads do in two numbers each.

import { Button } from '@mantine/core';
import { memo, useEffect, useEffectEvent, useMemo, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { Page, PaperLink } from '../../components/Page.tsx';
import { PatternLegend } from '../../components/PatternMatrix.tsx';
import { builtinText } from '../../data/builtin-text.ts';
import { sameMedium } from '../../data/medium.ts';
import type { InspectInput, ModelInfo } from '../../protocol/index.ts';
import { openDataset } from '../../state/data.ts';
import { sampleBytes } from '../../state/generation.ts';
import { type Inspected, inspected } from '../../state/inspect.ts';
import { modelNow } from '../../state/library.ts';
import { inspect } from '../../state/looking.ts';
import { useWeft, type WeftState } from '../../state/store.ts';
import { useSlowly } from '../../state/useSlowly.ts';
import { EnlargedCard } from './EnlargedCard.tsx';
import { HeadGrid } from './HeadGrid.tsx';
import { HeadsCard } from './HeadsCard.tsx';
import { InputCard } from './InputCard.tsx';
import styles from './InspectPage.module.css';
import { Invitation } from './Invitation.tsx';
import { ModelCard } from './ModelCard.tsx';
import { OnInputCard } from './OnInputCard.tsx';
import { TopKeysTable } from './TopKeysTable.tsx';
import { rowOf, useRows } from './useRows.ts';
import { useSelection } from './useSelection.ts';
import { Waiting } from './Waiting.tsx';

const modelOf = ({ library, run }: WeftState) => modelNow(library, run);

export function InspectPage() {
  const model = useSlowly(modelOf, 300);
  return (
    <Page
      title="What has each head learnt to look at?"
      sentence={
        <>
          A pattern says what a head may see; training decides what it uses of that. In the paper’s dense
          model, early layers looked nearby and others along rows, columns or by content, which is why few
          positions are enough. <PaperLink section="4.1" />
        </>
      }
    >
      {model ? <Looking model={model} /> : <Invitation />}
    </Page>
  );
}

function Looking({ model }: { readonly model: ModelInfo }) {
  const slice = useWeft((state) => state.inspect);
  const seen = inspected(slice);
  const written = useWrittenBytes(model);
  useFirstLook(model, written);
  return (
    <div className={styles.grid}>
      <div className={styles.main}>
        {seen ? (
          <Heads seen={seen} model={model} />
        ) : (
          <Waiting model={model} failed={slice.state === 'failed'} />
        )}
      </div>
      <div className={styles.side}>
        <InputCard key={model.name} model={model} slice={slice} written={written} />
        <ModelCard model={model} />
      </div>
    </div>
  );
}

interface HeadsProps {
  readonly seen: Inspected;
  readonly model: ModelInfo;
}

/** Stays as it is while another input is looked at: how far that is, changes many times a second. */
const Heads = memo(function Heads({ seen, model }: HeadsProps) {
  const selecting = useSelection(seen);
  const { layer, head, query, selectHead } = selecting;
  const { tokens, maps, step } = seen.inspection;
  const [mean, setMean] = useState(false);
  const rows = useRows(seen, layer, query);
  const drawn = mean ? 'mean' : head;
  const row = useMemo(() => rowOf(rows, drawn), [rows, drawn]);
  const factors = [...new Set(maps.heads.flatMap(({ segments }) => segments.map(({ factor }) => factor)))];
  return (
    <>
      {model.step !== step && (
        <p className={styles.stale}>
          The model has trained on since, from step {count(step)} to {count(model.step)}.{' '}
          <Button size="compact-xs" onClick={() => void inspect(seen.input)}>
            Look again
          </Button>
        </p>
      )}
      <div className={styles.pair}>
        <div className={styles.main}>
          <EnlargedCard seen={seen} selecting={selecting} row={rowOf(rows, head)} />
          <Card
            title="All layers and heads"
            note={`${count(tokens.length)} bytes`}
            side={<PatternLegend factors={factors} />}
          >
            <HeadGrid seen={seen} layer={layer} head={head} onSelect={selectHead} />
          </Card>
        </div>
        <div className={styles.main}>
          <OnInputCard seen={seen} selecting={selecting} row={row} head={drawn} onMean={setMean} />
          <Card title="What this byte looks at most">
            <TopKeysTable row={row} tokens={tokens} medium={seen.model.medium} rows={8} />
          </Card>
          <HeadsCard seen={seen} layer={layer} head={head} onSelect={selectHead} />
        </div>
      </div>
    </>
  );
});

/** What the model wrote last, without what other models wrote. */
function useWrittenBytes(model: ModelInfo): Uint8Array {
  const generation = useWeft((state) => state.generation);
  if (generation.state === 'empty' || generation.state === 'writing') return nothing;
  const [sample] = generation.writing.samples;
  return sample && sameMedium(generation.writing.medium, model.medium) ? sampleBytes(sample) : nothing;
}

const nothing = new Uint8Array();

/** What can be looked at without a press: held-out data, what the model wrote last, or some text. */
function firstLook(model: ModelInfo, hasData: boolean, written: Uint8Array): InspectInput | null {
  const { contextLength } = model.config;
  if (hasData) return { kind: 'heldOut', window: 0 };
  if (written.length > 0) return { kind: 'bytes', bytes: written.slice(-contextLength) };
  if (model.medium.kind !== 'text') return null;
  const bytes = new TextEncoder().encode(builtinText(contextLength)).slice(0, contextLength);
  return { kind: 'bytes', bytes };
}

function useFirstLook(model: ModelInfo, written: Uint8Array): void {
  const state = useWeft(({ inspect }) => inspect.state);
  const ready = useWeft(({ engine }) => engine.state === 'ready');
  const hasData = useHasData(model);
  const look = state === 'empty' && ready ? firstLook(model, hasData, written) : null;
  const begin = useEffectEvent(() => {
    if (look) void inspect(look);
  });
  const due = look !== null;
  useEffect(() => {
    if (due) begin();
  }, [due]);
}

/** Whether data is open that the model can read. */
function useHasData({ medium }: ModelInfo): boolean {
  return useWeft(({ data }) => {
    const open = openDataset(data);
    return open !== null && sameMedium(open.medium, medium);
  });
}
