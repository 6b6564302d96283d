// What the model makes, while it makes it: text, pictures or sound, with what was given at its beginning.

import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import type { MediumKind } from '../../protocol/index.ts';
import { drawn, type GenerationSlice, type Writing } from '../../state/generation.ts';
import { useWeft, type WeftState } from '../../state/store.ts';
import { bitsOf } from '../../state/surprise.ts';
import { useSlowly } from '../../state/useSlowly.ts';
import styles from './OutputCard.module.css';
import { PictureSamples } from './PictureSamples.tsx';
import type { SamplesProps } from './SamplesProps.ts';
import { SoundSamples } from './SoundSamples.tsx';
import { TextSamples } from './TextSamples.tsx';
import type { View } from './view.ts';

/** What is made appears at least twenty times a second, however much comes. */
const REDRAW_MS = 40;
const generationOf = (state: WeftState) => state.generation;

const TITLES: Readonly<Record<MediumKind, string>> = { text: 'Text', image: 'Pictures', audio: 'Sound' };
const INVITATIONS: Readonly<Record<MediumKind, string>> = {
  text: 'Press Write, and the model goes on from your beginning, or from nothing at all.',
  image: 'Press Paint, and the model paints from the top left corner, or goes on from a picture of yours.',
  audio: 'Press Make sound, and the model begins, or goes on from a sound of yours.',
};

interface OutputCardProps {
  readonly view: View;
  /** Of the model at hand. */
  readonly kind: MediumKind;
}

export function OutputCard({ view, kind }: OutputCardProps) {
  const generation = useSlowly(generationOf, REDRAW_MS);
  const surprise = useWeft((state) => state.surprise);
  if (generation.state === 'empty') {
    return (
      <Card className={styles.card} title={TITLES[kind]}>
        <p className={styles.nothing}>{INVITATIONS[kind]}</p>
      </Card>
    );
  }
  const { writing, state } = generation;
  const props: SamplesProps = {
    writing,
    busy: state === 'writing',
    bits: view.colour === 'surprise' ? bitsOf(surprise, writing.id) : [],
    view,
  };
  const shown = writing.medium.kind;
  return (
    <Card
      className={styles.card}
      title={TITLES[shown]}
      side={<span className={styles.figures}>{figures(writing)}</span>}
    >
      {shown === 'text' && <TextSamples {...props} />}
      {shown === 'image' && <PictureSamples {...props} />}
      {shown === 'audio' && <SoundSamples key={writing.id} {...props} />}
      <Foot generation={generation} />
    </Card>
  );
}

function figures(writing: Writing): string {
  const { request, bytesPerSecond } = writing;
  if (request.length === 0) return `${count(request.prompt.length)} bytes of yours`;
  const each = request.samples > 1 ? ` in each of ${request.samples}` : '';
  const speed = bytesPerSecond > 0 ? ` · ${count(bytesPerSecond)} bytes/s` : '';
  return `${count(drawn(writing).most)} of ${count(request.length)} bytes${each}${speed} · seed ${request.seed}`;
}

function Foot({ generation }: { readonly generation: Exclude<GenerationSlice, { state: 'empty' }> }) {
  const { writing, state } = generation;
  if (state === 'failed') {
    return (
      <p className={styles.failed} role="alert">
        {generation.error.message} What was made until then stays.
      </p>
    );
  }
  if (state === 'done') {
    const early = generation.stopped ? `Stopped after ${count(drawn(writing).all)} bytes.` : null;
    return early && <p className={styles.nothing}>{early}</p>;
  }
  return (
    <progress
      className={styles.progress}
      max={writing.request.length}
      value={drawn(writing).most}
      aria-label="Bytes made"
    />
  );
}
