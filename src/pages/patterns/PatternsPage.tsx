// Which earlier positions a position may look at: any pattern, at any length, as a matrix and on a picture, a text or a
// sound; what it reaches through several layers; what it costs. Everything shown is in the page's address.

import { Button, CloseButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconLink } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Page, PaperLink } from '../../components/Page.tsx';
import { CostCard } from './CostCard.tsx';
import { FigureCard } from './FigureCard.tsx';
import { MatrixCard } from './MatrixCard.tsx';
import { PathCard } from './PathCard.tsx';
import styles from './PatternsPage.module.css';
import { ReachCard } from './ReachCard.tsx';
import { SettingsCard } from './SettingsCard.tsx';
import { useShownPattern, useSizes } from './shown.ts';
import { TrainButton } from './TrainButton.tsx';
import { linkOf, usePatternSettings } from './usePatternSettings.ts';

export function PatternsPage() {
  const { settings, ignored, change, replace, forget } = usePatternSettings();
  const [pointed, setPointed] = useState<number | null>(null);
  const sizes = useSizes(settings);
  const first = useShownPattern(sizes, settings, settings.layers);
  const second = useShownPattern(sizes, settings, settings.beside);
  const shown = useMemo(() => [first, second].filter((pattern) => pattern !== null), [first, second]);
  const { length, source } = settings;
  const query = Math.min(pointed ?? settings.query, length - 1);
  return (
    <Page
      title="Which earlier positions may a position look at?"
      sentence={
        <>
          Dense attention looks at all of them, which is n² work; two sparse steps, one along and one across,
          still let every position know of every earlier one, for n√n. That is what makes sequences of tens of
          thousands of bytes affordable: point at a row to see whom it asks, and below, whom it reaches.{' '}
          <PaperLink section="4.2" />
        </>
      }
      actions={
        <>
          <TrainButton settings={settings} />
          <CopyLink link={() => linkOf(settings)} />
        </>
      }
    >
      {ignored.length > 0 && (
        <div className={styles.ignored} role="status">
          <p>Some of the address could not be read and was left aside. {ignored.join(' ')}</p>
          <CloseButton size="sm" aria-label="Close this note" onClick={forget} />
        </div>
      )}
      <div className={styles.grid}>
        <div className={styles.matrices} data-two={shown.length > 1 || undefined}>
          {shown.map((pattern, index) => (
            <MatrixCard
              // biome-ignore lint/suspicious/noArrayIndexKey: the first and the second place
              key={index}
              pattern={pattern}
              alone={shown.length === 1}
              settings={settings}
              query={query}
              onHover={setPointed}
              onChange={change}
            />
          ))}
        </div>
        <SettingsCard settings={settings} onChange={change} onReplace={replace} />
      </div>
      <div className={styles.pair}>
        <ReachCard {...{ length, query: settings.query, shown }} />
        <PathCard {...{ length, query: settings.query, source, shown }} onChange={change} />
      </div>
      <CostCard sizes={sizes} shown={shown} />
      <FigureCard onReplace={replace} />
    </Page>
  );
}

function CopyLink({ link }: { readonly link: () => string }) {
  const { copy, copied, error } = useClipboard({ timeout: 2500 });
  return (
    <Button leftSection={<IconLink size={16} aria-hidden="true" />} onClick={() => copy(link())}>
      {error ? 'Copy it from the address bar' : copied ? 'Copied' : 'Copy link'}
    </Button>
  );
}
