// How fast this computer's GPU does it: measured here, plotted against theory, to be copied as JSON.

import { Button, Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { download, fileName } from '../../components/download.ts';
import { Page, PaperLink } from '../../components/Page.tsx';
import { useWeft } from '../../state/store.ts';
import { AttentionCard } from './AttentionCard.tsx';
import styles from './BenchmarkPage.module.css';
import { MeasureCard } from './MeasureCard.tsx';
import { SampleTable, TrainTable } from './ResultTables.tsx';
import { measurementOf, reportText, rowsOf } from './results.ts';
import { TuningCard } from './TuningCard.tsx';

export function BenchmarkPage() {
  const slice = useWeft((state) => state.benchmark);
  const rows = measurementOf(slice)?.rows ?? [];
  return (
    <Page
      title="How much time does sparse attention save?"
      sentence={
        <>
          Twice the length is four times the work for dense attention, and less than three for strided.
          Skipped work saves time only where kernels really skip it, so here your GPU is timed, beside theory.{' '}
          <PaperLink section="5.5" />
        </>
      }
      actions={<Report />}
    >
      <div className={styles.grid}>
        <div className={styles.results}>
          <AttentionCard rows={rowsOf(rows, 'attention')} />
          <TrainTable rows={rowsOf(rows, 'train')} />
          <SampleTable rows={rowsOf(rows, 'sample')} />
          <TuningCard />
        </div>
        <MeasureCard />
      </div>
    </Page>
  );
}

/** How long it is said that the numbers were copied. */
const SAID_MS = 4000;

/** The measurement as JSON, into the clipboard or into a file. */
function Report() {
  const slice = useWeft((state) => state.benchmark);
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const none = (measurementOf(slice)?.rows.length ?? 0) === 0;
  const text = () => reportText(slice, navigator.userAgent);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setSaid('Copied');
    } catch {
      setSaid('The browser did not allow it: save it instead');
    }
  };
  return (
    <>
      <Tooltip label={said} opened={said !== ''}>
        <Button disabled={none} onClick={() => void copy()} onBlur={() => setSaid('')}>
          Copy JSON
        </Button>
      </Tooltip>
      <span className={styles.said} role="status">
        {said}
      </span>
      <Button
        disabled={none}
        onClick={() =>
          download(new Blob([text()], { type: 'application/json' }), fileName('weft-benchmark', 'json'))
        }
      >
        Save JSON
      </Button>
    </>
  );
}
