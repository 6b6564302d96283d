// The run in big numbers.

import { Card } from '../../components/Card.tsx';
import { Figure, Figures } from '../../components/Figures.tsx';
import { bits, bytes, count, duration, short, times } from '../../components/format.ts';
import { wordsOf } from '../../components/medium.ts';
import { Term } from '../../components/Term.tsx';
import { drawn } from '../../state/curve.ts';
import { heldOut, type RunRecord, type RunSlice, stepsDone } from '../../state/run.ts';
import type { WeftState } from '../../state/store.ts';
import { useSlowly } from '../../state/useSlowly.ts';

/** Points at the curve's end whose mean is the figure for learning: single steps jump too much to be read. */
const RECENT_POINTS = 8;

function learningBits(record: RunRecord): number | null {
  const recent = drawn(record.curve)
    .slice(-RECENT_POINTS)
    .map(({ bitsPerByte }) => bitsPerByte)
    .filter(Number.isFinite);
  return recent.length === 0 ? null : recent.reduce((sum, value) => sum + value, 0) / recent.length;
}

function timeLeft(record: RunRecord): string | null {
  const { setup, latest } = record;
  if (!latest || !(latest.tokensPerSecond > 0)) return null;
  const { model, training } = setup.config;
  const bytesPerStep = model.contextLength * training.microBatch * training.accumulation;
  return duration((Math.max(0, training.steps - stepsDone(record)) * bytesPerStep) / latest.tokensPerSecond);
}

const bitsExplained =
  'How many bits the model needs for each byte, on average; of a picture, a byte is one colour of one pixel, a “dim”. Knowing nothing takes 8; the lower, the more it has learnt.';

const runOf = (state: WeftState) => state.run;

export function RunFigures() {
  const run = useSlowly(runOf, 250);
  return run.record && <Numbers record={run.record} status={run.status} />;
}

interface NumbersProps {
  readonly record: RunRecord;
  readonly status: RunSlice['status'];
}

function Numbers({ record, status }: NumbersProps) {
  const { latest } = record;
  const { config, cost, data } = record.setup;
  const { unit } = wordsOf(config.medium.kind);
  const running = status.state === 'training';
  const yardstick = data?.gzipBitsPerByte;
  const gzip = yardstick ? ` gzip needs ${yardstick.toFixed(2)} for the same bytes.` : '';
  return (
    <Card>
      <Figures label="The run in numbers">
        <Figure
          value={bits(heldOut(record))}
          words={
            <Term explain={`${bitsExplained} This is on data it never learns from.${gzip}`}>
              bits / {unit}, held out
            </Term>
          }
          tone="heldOut"
        />
        <Figure
          value={bits(learningBits(record))}
          words={
            <Term explain={`${bitsExplained} This is on the data it is learning from.`}>
              bits / {unit}, learning
            </Term>
          }
          tone="learning"
        />
        <Figure value={latest ? short(latest.tokensPerSecond) : null} words="bytes / s" />
        <Figure
          value={latest ? count(stepsDone(record)) : null}
          words={`of ${count(config.training.steps)} steps`}
        />
        <Figure
          value={running ? timeLeft(record) : latest ? duration(latest.seconds) : null}
          words={running ? 'left' : 'spent training'}
        />
        <Figure value={cost ? bytes(cost.memoryBytes) : null} words="memory" />
        <Figure
          value={cost ? times(cost.attentionSaving) : null}
          words={
            <Term explain="How much less attention work this pattern does than dense attention over the same context.">
              less attention
            </Term>
          }
        />
      </Figures>
    </Card>
  );
}
