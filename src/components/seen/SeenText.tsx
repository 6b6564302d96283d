// A text, byte by byte, and what one of its bytes looked at when it was made: bytes that it may look at are underlined
// in their factor's colour, and the more weight, the stronger the ground. Or every byte by its surprise.

import { memo, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { AttentionRow } from '../../model/attention.ts';
import { byteGlyphs, type Glyph } from '../byteGlyphs.ts';
import { count } from '../format.ts';
import { strength } from '../surprise/levels.ts';
import styles from './SeenText.module.css';
import { brightness, type SeenByte, type SeenBytes, shownFrom } from './seen.ts';

/** The strongest ground, in per cent: letters on it stay readable in both themes. */
const STRONGEST = 46;
/** Bytes shown at once of longer texts. */
const SHOWN = 2048;

export interface SeenProps {
  readonly bytes: Uint8Array;
  /** The byte that looks; as many as there are bytes stands for the next one. */
  readonly query: number;
  readonly seen: SeenBytes;
  /** The same as the engine gave it, for words. */
  readonly row: AttentionRow | null;
  /** Bits of each byte; drawn instead of the weights where they are given. */
  readonly bits?: Float32Array | undefined;
  /** Chooses the byte that looks. */
  readonly onQuery?: ((query: number) => void) | undefined;
}

export function SeenText({ bytes, query, seen, bits, onQuery }: Omit<SeenProps, 'row'>) {
  const from = useShownFrom(query, bytes.length);
  const text = useRef<HTMLElement>(null);
  useInView(text, query);
  const glyphs = useMemo(() => byteGlyphs(bytes.subarray(from, from + SHOWN)), [bytes, from]);
  return (
    <bdi
      ref={text}
      className={styles.text}
      onPointerMove={(event) => {
        const index = (event.target as HTMLElement).dataset.index;
        if (index !== undefined && Number(index) !== query) onQuery?.(Number(index));
      }}
    >
      {from > 0 && <span className={styles.more}>… {count(from)} bytes before</span>}
      {!bits && seen.start && from === 0 && (
        <span
          className={styles.start}
          style={groundOf(seen.start, seen.highest)}
          title="the start of the text"
        >
          start
        </span>
      )}
      {glyphs.map((glyph, index) => {
        const at = from + index;
        const one = seen.bytes.get(at);
        return (
          <Byte
            // biome-ignore lint/suspicious/noArrayIndexKey: a byte is its place
            key={index}
            index={at}
            glyph={glyph}
            state={at === query ? 'self' : bits || at < query ? undefined : 'later'}
            factor={bits ? undefined : one?.factor}
            strength={bits ? strength(bits[at] ?? 0) : one ? brightness(one.weight, seen.highest) : 0}
          />
        );
      })}
      {query >= bytes.length && <span className={styles.next}>next</span>}
      {from + SHOWN < bytes.length && (
        <span className={styles.more}>{count(bytes.length - from - SHOWN)} bytes after …</span>
      )}
    </bdi>
  );
}

/** The first byte that is shown: it stays while the one that looks is in sight, so that no letter flees the pointer. */
function useShownFrom(query: number, length: number): number {
  const [before, setBefore] = useState(0);
  const from = shownFrom(before, query, length, SHOWN);
  if (from !== before) setBefore(from);
  return from;
}

/** Scrolls what the text stands in, where the byte that looks is out of its sight. */
function useInView(text: React.RefObject<HTMLElement | null>, query: number): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another byte is outlined when the query is another one
  useLayoutEffect(() => {
    const frame = text.current?.parentElement;
    const byte = text.current?.querySelector('[data-state="self"]');
    if (!frame || !byte) return;
    const [around, own] = [frame.getBoundingClientRect(), byte.getBoundingClientRect()];
    if (own.bottom > around.top && own.top < around.bottom) return;
    frame.scrollTop += (own.top + own.bottom - around.top - around.bottom) / 2;
  }, [text, query]);
}

interface ByteProps {
  readonly index: number;
  readonly glyph: Glyph;
  readonly state: 'self' | 'later' | undefined;
  readonly factor: SeenByte['factor'] | undefined;
  /** From 0 to 1. */
  readonly strength: number;
}

/** Most bytes stay as they are when another one looks. */
const Byte = memo(function Byte({ index, glyph, state, factor, strength }: ByteProps) {
  const colour = factor ? `var(--factor-${factor})` : strength > 0 ? 'var(--surprise)' : undefined;
  const style = colour !== undefined && {
    background: `color-mix(in srgb, ${colour} ${Math.round(STRONGEST * Math.min(1, strength))}%, transparent)`,
    ...(factor && { boxShadow: `inset 0 -2px ${colour}` }),
  };
  return (
    <span className={styles.byte} data-index={index} data-state={state} style={style || undefined}>
      {glyph.sign}
      {glyph.sign === '↵' && '\n'}
    </span>
  );
});

function groundOf({ factor, weight }: SeenByte, highest: number) {
  const colour = `var(--factor-${factor})`;
  const strength = Math.round(STRONGEST * brightness(weight, highest));
  return {
    background: `color-mix(in srgb, ${colour} ${strength}%, transparent)`,
    boxShadow: `inset 0 -2px ${colour}`,
  };
}
