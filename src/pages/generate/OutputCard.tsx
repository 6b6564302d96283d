// The text as it is written: the prompt quietly, then what the model adds, with a caret where it writes.

import { useLayoutEffect, useRef } from 'react';
import { ByteText } from '../../components/ByteText.tsx';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { drawn, type GenerationSlice, type Writing } from '../../state/generation.ts';
import type { WeftState } from '../../state/store.ts';
import { useSlowly } from '../../state/useSlowly.ts';
import styles from './OutputCard.module.css';

/** Letters appear at least twenty times a second, however many come. */
const REDRAW_MS = 40;
const generationOf = (state: WeftState) => state.generation;

export function OutputCard() {
  const generation = useSlowly(generationOf, REDRAW_MS);
  const scroll = useRef<HTMLElement>(null);
  const text = generation.state === 'empty' ? '' : (generation.writing.samples[0]?.text ?? '');
  useFollow(scroll, text);
  if (generation.state === 'empty') {
    return (
      <Card className={styles.card} title="Text">
        <p className={styles.nothing}>
          Press Write, and the model goes on from your beginning, or from nothing at all.
        </p>
      </Card>
    );
  }
  const { writing, state } = generation;
  return (
    <Card
      className={styles.card}
      title="Text"
      side={<span className={styles.figures}>{figures(writing)}</span>}
    >
      <ScrollRegion name="The text" className={styles.text} ref={scroll} aria-busy={state === 'writing'}>
        <span className={styles.prompt}>
          <ByteText text={new TextDecoder().decode(writing.request.prompt)} />
        </span>
        <ByteText text={text} />
        {state === 'writing' && <span className={styles.caret} aria-hidden="true" />}
      </ScrollRegion>
      <Foot generation={generation} />
    </Card>
  );
}

function figures(writing: Writing): string {
  const { request, bytesPerSecond } = writing;
  const sizeBytes = drawn(writing).most;
  const speed = bytesPerSecond > 0 ? ` · ${count(bytesPerSecond)} bytes/s` : '';
  return `${count(sizeBytes)} of ${count(request.length)} bytes${speed} · seed ${request.seed}`;
}

function Foot({ generation }: { readonly generation: Exclude<GenerationSlice, { state: 'empty' }> }) {
  const { writing, state } = generation;
  if (state === 'failed') {
    return (
      <p className={styles.failed} role="alert">
        {generation.error.message} What was written until then stays.
      </p>
    );
  }
  if (state === 'done') {
    const early = generation.stopped ? `Stopped after ${count(drawn(writing).most)} bytes.` : null;
    return early && <p className={styles.nothing}>{early}</p>;
  }
  return (
    <progress
      className={styles.progress}
      max={writing.request.length}
      value={drawn(writing).most}
      aria-label="Bytes written"
    />
  );
}

/** Keeps the end in view while it grows, unless the reader has scrolled up. */
function useFollow(scroll: React.RefObject<HTMLElement | null>, text: string): void {
  const following = useRef(true);
  useLayoutEffect(() => {
    const element = scroll.current;
    if (!element) return;
    if (text === '') following.current = true;
    if (following.current) element.scrollTop = element.scrollHeight;
    const onScroll = () => {
      following.current = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [scroll, text]);
}
