// Train a model on text, pictures or sound: its settings and cost before, its curve and samples meanwhile. Commands go through
// src/state/commands.ts, which asks the engine by way of src/client/client.ts.

import { attentionWords } from '../../components/attentionWords.ts';
import { count, short } from '../../components/format.ts';
import { amount } from '../../components/medium.ts';
import { Page, PaperLink } from '../../components/Page.tsx';
import type { DatasetInfo } from '../../protocol/index.ts';
import { openDataset } from '../../state/data.ts';
import { isActive, type RunSetup } from '../../state/run.ts';
import { useWeft } from '../../state/store.ts';
import { ComparisonCard } from './ComparisonCard.tsx';
import { CurveCard } from './CurveCard.tsx';
import { DatasetCard } from './DatasetCard.tsx';
import { Invitation } from './Invitation.tsx';
import { RaceCard } from './RaceCard.tsx';
import { RunActions } from './RunActions.tsx';
import { RunFigures } from './RunFigures.tsx';
import { RunsCard } from './RunsCard.tsx';
import { SampleCard } from './SampleCard.tsx';
import { SettingsCard } from './SettingsCard.tsx';
import { SmallCurves } from './SmallCurves.tsx';
import { StatusCard } from './StatusCard.tsx';
import styles from './TrainPage.module.css';
import { useCost } from './useCost.ts';

export function TrainPage() {
  const active = useWeft((state) => isActive(state.run.status));
  // The record itself grows with every step; only the cards that draw it look at it, each at its own pace.
  const setup = useWeft((state) => state.run.record?.setup);
  const data = useWeft((state) => state.data);
  const settings = useWeft((state) => state.settings.run);
  const dataset = openDataset(data);
  const shown = setup && active ? setup.config : settings;
  const cost = useCost(shown, setup && active ? null : dataset);

  const title = setup?.config.name ?? dataset?.name ?? 'What can a small model learn from your files?';
  return (
    <Page
      title={title}
      sentence={setup ? runSentence(setup) : dataset ? dataSentence(dataset) : <Invite />}
      actions={<RunActions cost={cost} />}
    >
      <div className={styles.grid}>
        <div className={styles.column}>
          <StatusCard />
          <RaceCard />
          {setup ? (
            <>
              <RunFigures />
              <CurveCard />
              <ComparisonCard />
              <div className={styles.pair}>
                <SampleCard />
                <SmallCurves />
              </div>
            </>
          ) : dataset ? (
            <DatasetCard dataset={dataset} run={settings} cost={cost} />
          ) : (
            <Invitation />
          )}
        </div>
        <div className={styles.side}>
          <SettingsCard run={shown} fixed={active} cost={cost} />
          <RunsCard />
        </div>
      </div>
    </Page>
  );
}

function Invite() {
  return (
    <>
      A model sees one byte after another and guesses the next. Sparse attention lets it look far back at a
      fraction of the work. <PaperLink section="7.2" />
    </>
  );
}

function dataSentence({ sizeBytes, medium, validationBytes }: DatasetInfo): string {
  if (validationBytes === 0) return `${amount(sizeBytes, medium)}: too little to hold a part of it out.`;
  return `${amount(sizeBytes, medium)}: nine tenths to learn from, the rest held out. Choose a preset and start.`;
}

function runSentence({ config, data, cost }: RunSetup): string {
  const { nLayer, attention, contextLength } = config.model;
  const words = [
    data ? amount(data.sizeBytes, data.medium) : null,
    attentionWords(attention),
    `context ${count(contextLength)}`,
    `${nLayer} ${nLayer === 1 ? 'layer' : 'layers'}`,
    cost ? `${short(cost.parameters)} weights` : null,
  ];
  return `${words.filter(Boolean).join(' · ')}.`;
}
