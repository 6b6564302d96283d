// The run in big numbers.

import { Card } from '../../components/Card.tsx';
import { Figure, Figures } from '../../components/Figures.tsx';
import { bits, bytes, count, duration, short } from '../../components/format.ts';
import { Term } from '../../components/Term.tsx';
import { useSlowly } from '../../components/useSlowly.ts';
import type { RunStatus } from '../../protocol/index.ts';
import { drawn } from '../../state/curve.ts';
import { heldOut, type RunRecord, stepsDone } from '../../state/run.ts';

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
  const { config, latest } = record;
  if (!latest || !(latest.tokensPerSecond > 0)) return null;
  const { model, training } = config;
  const bytesPerStep = model.contextLength * training.microBatch * training.accumulation;
  return duration((Math.max(0, training.steps - stepsDone(record)) * bytesPerStep) / latest.tokensPerSecond);
}

const bitsExplained =
  'How many bits the model needs for each byte, on average. Knowing nothing takes 8; the lower, the more it has learnt.';

export function RunFigures({ record, status }: { readonly record: RunRecord; readonly status: RunStatus }) {
  const seen = useSlowly(record, 250);
  const { config, latest, cost, data } = seen;
  const running = status.state === 'training';
  const gzip = data ? ` gzip needs ${data.gzipBitsPerByte.toFixed(2)} for the same bytes.` : '';
  return (
    <Card>
      <Figures label="The run in numbers">
        <Figure
          value={bits(heldOut(seen))}
          words={
            <Term explain={`${bitsExplained} This is on text it never learns from.${gzip}`}>
              bits / byte, held out
            </Term>
          }
          tone="heldOut"
        />
        <Figure
          value={bits(learningBits(seen))}
          words={
            <Term explain={`${bitsExplained} This is on the text it is learning from.`}>
              bits / byte, learning
            </Term>
          }
          tone="learning"
        />
        <Figure value={latest ? short(latest.tokensPerSecond) : null} words="bytes / s" />
        <Figure
          value={latest ? count(stepsDone(seen)) : null}
          words={`of ${count(config.training.steps)} steps`}
        />
        <Figure
          value={running ? timeLeft(seen) : latest ? duration(latest.seconds) : null}
          words={running ? 'left' : 'spent training'}
        />
        <Figure value={cost ? bytes(cost.memoryBytes) : null} words="memory" />
        <Figure
          value={cost ? `${cost.attentionSaving.toFixed(1)}×` : null}
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
