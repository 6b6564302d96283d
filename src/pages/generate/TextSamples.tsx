// Texts as they are written: the prompt quietly, then what the model adds, with a caret where it writes.

import { useLayoutEffect, useRef } from 'react';
import { ByteText } from '../../components/ByteText.tsx';
import { numbered } from '../../components/numbered.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { SurprisingText } from '../../components/surprise/SurprisingText.tsx';
import { type Sample, sampleBytes } from '../../state/generation.ts';
import styles from './OutputCard.module.css';
import type { SamplesProps } from './SamplesProps.ts';

const decoder = new TextDecoder();

export function TextSamples({ writing, busy, bits }: SamplesProps) {
  const { samples, request } = writing;
  const prompt = decoder.decode(request.prompt);
  return (
    <div className={styles.texts}>
      {numbered(samples).map(({ key, index, item: sample }) => (
        <TextSample
          key={key}
          name={samples.length === 1 ? 'The text' : `Text ${index + 1}`}
          prompt={prompt}
          sample={sample}
          busy={busy}
          bits={bits[index]}
        />
      ))}
    </div>
  );
}

interface TextSampleProps {
  readonly name: string;
  readonly prompt: string;
  readonly sample: Sample;
  readonly busy: boolean;
  readonly bits: Float32Array | undefined;
}

function TextSample({ name, prompt, sample, busy, bits }: TextSampleProps) {
  const scroll = useRef<HTMLElement>(null);
  useFollow(scroll, sample.text);
  return (
    <ScrollRegion name={name} className={styles.text} ref={scroll} aria-busy={busy}>
      {bits ? (
        <SurprisingText bytes={sampleBytes(sample)} bits={bits} />
      ) : (
        <>
          <span className={styles.prompt}>
            <ByteText text={prompt} />
          </span>
          <ByteText text={sample.text} />
        </>
      )}
      {busy && <span className={styles.caret} aria-hidden="true" />}
    </ScrollRegion>
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
