// The open data and what a run on it would be: both to be judged before anything starts.

import { attentionWords } from '../../components/attentionWords.ts';
import { Card } from '../../components/Card.tsx';
import { DataPreview } from '../../components/DataPreview.tsx';
import { Figure, Figures } from '../../components/Figures.tsx';
import { bytes, count, counted, short, times } from '../../components/format.ts';
import { ModelPattern } from '../../components/ModelPattern.tsx';
import { amount, wordsOf } from '../../components/medium.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { Term } from '../../components/Term.tsx';
import { byReason } from '../../data/dataset.ts';
import { itemBytes, mediumWords } from '../../data/medium.ts';
import { attentionForm } from '../../patterns/index.ts';
import type { DatasetInfo, Medium, Preflight, RunConfig } from '../../protocol/index.ts';
import styles from './DatasetCard.module.css';
import type { Cost } from './useCost.ts';

interface DatasetCardProps {
  readonly dataset: DatasetInfo;
  readonly run: RunConfig;
  readonly cost: Cost;
}

export function DatasetCard({ dataset, run, cost }: DatasetCardProps) {
  const { medium } = dataset;
  const { whole, unit } = wordsOf(medium.kind);
  return (
    <>
      <Card title={`The ${whole}`} note={medium.kind === 'text' ? undefined : mediumWords(medium)}>
        <Figures label={`The ${whole} in numbers`}>
          <Figure {...sizeFigure(dataset)} />
          <Figure
            value={dataset.gzipBitsPerByte?.toFixed(2) ?? '–'}
            words={
              <Term explain="What gzip, at its best, needs for the held-out part. A model that needs less has learnt more about this data than gzip can. Of less than a kibibyte that would say little.">
                bits / {unit} for gzip
              </Term>
            }
          />
          <Figure
            value={dataset.entropyBitsPerByte.toFixed(2)}
            words={
              <Term explain="What a guess needs that knows only how often each byte occurs. The first steps of training learn this.">
                bits / {unit} by frequency
              </Term>
            }
          />
        </Figures>
        <Split dataset={dataset} />
        <DataPreview bytes={dataset.preview} medium={medium} />
        <PreviewNote dataset={dataset} />
        <SkippedFiles dataset={dataset} />
      </Card>
      <RunCard run={run} cost={cost} />
    </>
  );
}

/** How much there is, as a person counts it. */
function sizeFigure({ sizeBytes, medium, items }: DatasetInfo): { value: string; words: string } {
  if (medium.kind === 'image') {
    return { value: count(items), words: `${items === 1 ? 'picture' : 'pictures'}, ${bytes(sizeBytes)}` };
  }
  const files = items > 1 ? ` in ${count(items)} files` : '';
  if (medium.kind === 'text') return { value: bytes(sizeBytes), words: `${count(sizeBytes)} bytes${files}` };
  return { value: amount(sizeBytes, medium), words: `${bytes(sizeBytes)}${files}` };
}

/** That there is more than what is shown; a text's last line fades, which says so. */
function PreviewNote({ dataset }: { readonly dataset: DatasetInfo }) {
  const { medium, preview, sizeBytes, items } = dataset;
  if (medium.kind === 'text' || preview.length >= sizeBytes) return null;
  const shown =
    medium.kind === 'image'
      ? `${count(preview.length / itemBytes(medium))} of ${count(items)}`
      : amount(preview.length, medium);
  return <p className={styles.note}>The first {shown}</p>;
}

/** What was left out, and why. */
function SkippedFiles({ dataset }: { readonly dataset: DatasetInfo }) {
  const { skipped, skippedCount } = dataset;
  if (skipped.length === 0) return null;
  return (
    <details className={styles.skipped}>
      <summary>
        {skippedCount === 1 ? '1 file was left out' : `${count(skippedCount)} files were left out`}
        {skippedCount > skipped.length && `, of which ${count(skipped.length)} are named here`}
      </summary>
      <ScrollRegion name="Files left out" className={styles.skippedFiles}>
        <ul>
          {byReason(skipped).map(([reason, names]) => (
            <li key={reason}>
              <strong>{names.join(', ')}</strong>: {reason}
            </li>
          ))}
        </ul>
      </ScrollRegion>
    </details>
  );
}

function Split({ dataset }: { readonly dataset: DatasetInfo }) {
  const parts = [
    { name: 'to learn from', size: dataset.trainBytes, colour: 'var(--learning)' },
    { name: 'held out', size: dataset.validationBytes, colour: 'var(--held-out)' },
    { name: 'kept for a last test', size: dataset.testBytes, colour: 'var(--dim)' },
  ];
  return (
    <div className={styles.split}>
      <div className={styles.bar} aria-hidden="true">
        {parts.map(({ name, size, colour }) => (
          <i key={name} style={{ flexGrow: size, background: colour }} />
        ))}
      </div>
      <ul className={styles.parts}>
        {parts.map(({ name, size, colour }) => (
          <li key={name}>
            <i style={{ background: colour }} aria-hidden="true" />
            {amount(size, dataset.medium)} {name}
          </li>
        ))}
      </ul>
    </div>
  );
}

function RunCard({ run, cost }: { readonly run: RunConfig; readonly cost: Cost }) {
  const { problems } = cost;
  return (
    <Card title="Before it starts" note={attentionWords(run.model.attention)}>
      {problems.length > 0 ? (
        <ul className={styles.problems}>
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      ) : (
        <div className={styles.before}>
          <ModelPattern model={run.model} />
          <div className={styles.cost}>
            <CostFigures preflight={cost.preflight} />
            <p className={styles.words}>{inWords(run, cost.preflight?.tokensPerStep)}</p>
          </div>
        </div>
      )}
    </Card>
  );
}

function CostFigures({ preflight }: { readonly preflight: Preflight | null }) {
  return (
    <Figures label="What the run would cost">
      <Figure value={preflight && short(preflight.parameters)} words="weights" />
      <Figure value={preflight && bytes(preflight.memoryBytes)} words="memory" />
      <Figure value={preflight && count(preflight.tokensPerStep)} words="bytes a step" />
      <Figure
        value={preflight && short(preflight.flopsPerStep)}
        words={
          <Term explain="Floating-point operations of one training step: forward, backward and update.">
            FLOPs a step
          </Term>
        }
      />
      <Figure
        value={preflight && times(preflight.attentionSaving)}
        words={
          <Term explain="How much less attention work this pattern does than dense attention over the same context.">
            less attention
          </Term>
        }
      />
    </Figures>
  );
}

function inWords({ medium, model, training }: RunConfig, tokensPerStep: number | undefined): string {
  const { form } = attentionForm(model.attention.layers);
  const shares = {
    interleaved: 'Its two kinds of attention take turns, layer by layer.',
    merged: 'Every head joins its two kinds of attention in one.',
    multiHead: 'Some heads attend one way, some the other.',
  };
  const all = tokensPerStep ? ` It will read ${bytes(tokensPerStep * training.steps)} in all.` : '';
  const start = `${counted(training.steps, 'step')}, each over ${windowWords(medium, training.microBatch * training.accumulation, model.contextLength)}.`;
  return `${start}${all} ${form ? shares[form] : ''}`;
}

function windowWords(medium: Medium, windows: number, contextLength: number): string {
  if (medium.kind === 'image') return windows === 1 ? '1 picture' : `${count(windows)} pictures`;
  return `${counted(windows, 'window')} of ${medium.kind === 'audio' ? `${(contextLength / medium.rateHz).toFixed(3)} s` : `${count(contextLength)} bytes`}`;
}
