// Text, pictures or sound from the model at hand, one byte at a time; or, without a model, the ways to get one.

import { Button } from '@mantine/core';
import { IconPlayerStopFilled } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { attentionWords } from '../../components/attentionWords.ts';
import { counted, short } from '../../components/format.ts';
import { wordsOf } from '../../components/medium.ts';
import { Page, PaperLink } from '../../components/Page.tsx';
import type { MediumKind, ModelInfo } from '../../protocol/index.ts';
import { generate, measure, stopGenerating } from '../../state/generate-commands.ts';
import { modelNow } from '../../state/library.ts';
import { isReadyMade } from '../../state/ready-made.ts';
import { awaitsGreeting, greet } from '../../state/ready-made-commands.ts';
import { requestFor } from '../../state/request.ts';
import { useWeft, type WeftState } from '../../state/store.ts';
import { useSlowly } from '../../state/useSlowly.ts';
import { BeginCard } from './BeginCard.tsx';
import { ColourCard } from './ColourCard.tsx';
import styles from './GeneratePage.module.css';
import { Invitation } from './Invitation.tsx';
import { ModelCard } from './ModelCard.tsx';
import { OutputCard } from './OutputCard.tsx';
import { SamplingCard } from './SamplingCard.tsx';
import { saveSamples } from './saveSamples.ts';
import type { View } from './view.ts';
import { WatchCard } from './WatchCard.tsx';

const modelOf = ({ library, run }: WeftState) => modelNow(library, run);

/** What can be done, and with what it is saved, by kind. */
const WORDS: Readonly<Record<MediumKind, { title: string; press: string; save: string }>> = {
  text: { title: 'Text, one byte at a time', press: 'Write', save: 'Save TXT' },
  image: { title: 'Pictures, one pixel at a time', press: 'Paint', save: 'Save PNG' },
  audio: { title: 'Sound, one sample at a time', press: 'Make sound', save: 'Save WAV' },
};

export function GeneratePage() {
  const model = useSlowly(modelOf, 300);
  const shown = useWeft(({ generation }) =>
    generation.state === 'empty' ? null : generation.writing.medium.kind,
  );
  const [view, setView] = useState<View>({ colour: 'value', playsAsItComes: true });
  useMeasuring(view);
  useGreeting();
  const kind = model?.medium.kind ?? shown;
  // What was made stays, even when its model is gone.
  if (!kind) {
    return (
      <Page
        title="What would a model of your own make?"
        sentence={
          <>
            Weft makes text, pictures and sound one byte at a time, each byte looking back at a few
            well-chosen earlier ones. <PaperLink section="4" />
          </>
        }
      >
        <Invitation />
      </Page>
    );
  }
  return (
    <Page
      title={WORDS[kind].title}
      sentence={
        model ? (
          <>
            {modelSentence(model)} {isReadyMade(model) && <OwnOne />}
          </>
        ) : (
          'The model that made this is gone; train or open one to go on.'
        )
      }
      actions={<Actions model={model} kind={kind} />}
    >
      <div className={styles.grid}>
        <OutputCard view={view} kind={kind} />
        <div className={styles.side}>
          {model && <BeginCard medium={model.medium} contextLength={model.config.contextLength} />}
          <SamplingCard kind={kind} view={view} onView={setView} />
          <ColourCard view={view} onView={setView} />
          {model && <WatchCard model={model} />}
          <ModelCard model={model} />
        </div>
      </div>
    </Page>
  );
}

/** What is shown is measured once it is whole, when its surprise is looked at. */
function useMeasuring({ colour }: View): void {
  const due = useWeft(
    ({ generation, surprise, library }) =>
      surprise.state === 'none' &&
      library.model !== null &&
      (generation.state === 'done' || generation.state === 'failed'),
  );
  useEffect(() => {
    if (due && colour === 'surprise') void measure();
  }, [due, colour]);
}

/** A newcomer sees a model at work without asking, unless the browser was told to save data. */
function useGreeting(): void {
  const due = useWeft(awaitsGreeting);
  useEffect(() => {
    const { connection } = navigator as { connection?: { saveData?: boolean } };
    if (due && !connection?.saveData) void greet();
  }, [due]);
}

function modelSentence({ name, step, parameters, config, heldOutBitsPerByte, medium }: ModelInfo): string {
  const origin = step > 0 ? `after ${counted(step, 'step')} on ${name}` : name;
  const { whole, unit } = wordsOf(medium.kind);
  const bits =
    heldOutBitsPerByte === undefined
      ? ''
      : ` ${heldOutBitsPerByte.toFixed(2)} bits per ${unit} on ${whole} it never saw.`;
  return `A model of ${short(parameters)} weights (${attentionWords(config.attention)}), ${origin}.${bits}`;
}

function OwnOne() {
  return (
    <>
      It comes with this page; <Link href="/train">train one of your own</Link>.
    </>
  );
}

interface ActionsProps {
  readonly model: ModelInfo | null;
  readonly kind: MediumKind;
}

function Actions({ model, kind }: ActionsProps) {
  const doing = useWeft((state) => state.generation.state);
  const settings = useWeft((state) => state.settings.generate);
  const upload = useWeft((state) => state.upload);
  const ready = useWeft((state) => state.engine.state === 'ready');
  const shown = useWeft(({ generation }) =>
    generation.state === 'empty' ? kind : generation.writing.medium.kind,
  );
  const save = () => {
    const { generation } = useWeft.getState();
    if (generation.state !== 'empty') saveSamples(generation.writing);
  };
  return (
    <>
      <Button onClick={save} disabled={doing === 'empty'}>
        {WORDS[shown].save}
      </Button>
      {doing === 'writing' ? (
        <Button
          variant="filled"
          leftSection={<IconPlayerStopFilled size={14} />}
          onClick={() => void stopGenerating()}
        >
          Stop
        </Button>
      ) : (
        <Button
          variant="filled"
          disabled={!model || !ready}
          onClick={() => model && void generate(requestFor(settings, model.medium, upload))}
        >
          {WORDS[kind].press}
        </Button>
      )}
    </>
  );
}
