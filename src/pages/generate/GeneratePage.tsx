// Text from the model at hand, one byte at a time; or, without a model, the two ways to get one.

import { Button } from '@mantine/core';
import { IconPlayerStopFilled } from '@tabler/icons-react';
import { attentionWords } from '../../components/attentionWords.ts';
import { download, fileName } from '../../components/download.ts';
import { count, short } from '../../components/format.ts';
import { Page, PaperLink } from '../../components/Page.tsx';
import type { ModelInfo } from '../../protocol/index.ts';
import { generate, stopGenerating } from '../../state/commands.ts';
import { sampleBytes } from '../../state/generation.ts';
import { modelNow } from '../../state/library.ts';
import { useWeft, type WeftState } from '../../state/store.ts';
import { useSlowly } from '../../state/useSlowly.ts';
import styles from './GeneratePage.module.css';
import { Invitation } from './Invitation.tsx';
import { ModelCard } from './ModelCard.tsx';
import { OutputCard } from './OutputCard.tsx';
import { SamplingCard } from './SamplingCard.tsx';
import { WatchCard } from './WatchCard.tsx';

const modelOf = ({ library, run }: WeftState) => modelNow(library, run);

export function GeneratePage() {
  const model = useSlowly(modelOf, 300);
  const written = useWeft((state) => state.generation.state !== 'empty');
  // What was written stays, even when its model is gone.
  if (!model && !written) {
    return (
      <Page
        title="What would a model of your own write?"
        sentence={
          <>
            Weft writes text one byte at a time, each byte looking back at a few well-chosen earlier ones.{' '}
            <PaperLink section="4" />
          </>
        }
      >
        <Invitation />
      </Page>
    );
  }
  return (
    <Page
      title="Text, one byte at a time"
      sentence={
        model ? modelSentence(model) : 'The model that wrote this is gone; train or open one to go on.'
      }
      actions={<Actions model={model} />}
    >
      <div className={styles.grid}>
        <OutputCard />
        <div className={styles.side}>
          <SamplingCard model={model} />
          {model && <WatchCard model={model} />}
          <ModelCard model={model} />
        </div>
      </div>
    </Page>
  );
}

function modelSentence({ name, step, parameters, config, heldOutBitsPerByte }: ModelInfo): string {
  const origin = step > 0 ? `after ${count(step)} steps on ${name}` : name;
  const bits =
    heldOutBitsPerByte === undefined
      ? ''
      : ` ${heldOutBitsPerByte.toFixed(2)} bits per byte on text it never saw.`;
  return `A model of ${short(parameters)} weights (${attentionWords(config.attention)}), ${origin}.${bits}`;
}

function Actions({ model }: { readonly model: ModelInfo | null }) {
  const doing = useWeft((state) => state.generation.state);
  const request = useWeft((state) => state.settings.generate);
  const ready = useWeft((state) => state.engine.state === 'ready');
  const save = () => {
    const { generation } = useWeft.getState();
    if (generation.state === 'empty') return;
    download(
      new Blob(
        generation.writing.samples.map((each) => sampleBytes(each).slice()),
        { type: 'text/plain' },
      ),
      fileName('weft-text', 'txt'),
    );
  };
  return (
    <>
      <Button onClick={save} disabled={doing === 'empty'}>
        Save TXT
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
          onClick={() =>
            void generate({ ...request, samples: 1, prompt: new TextEncoder().encode(request.prompt) })
          }
        >
          Write
        </Button>
      )}
    </>
  );
}
