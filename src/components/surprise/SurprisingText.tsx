// A text whose background tells how little the model expected each character.

import { memo } from 'react';
import { ByteText } from '../ByteText.tsx';
import { LEVELS, stretches } from './levels.ts';
import styles from './SurprisingText.module.css';

interface SurprisingTextProps {
  readonly bytes: Uint8Array;
  /** Of each byte. */
  readonly bits: Float32Array;
}

/** Bytes that are coloured at most: each change of colour is an element of the page. */
const COLOURED_BYTES = 20_000;

function Text({ bytes, bits }: SurprisingTextProps) {
  const coloured = stretches(bytes.subarray(0, COLOURED_BYTES), bits);
  return (
    <>
      {coloured.map(({ text, level, from }) => (
        <span
          key={from}
          className={level > 0 ? styles.stretch : undefined}
          style={{ '--strength': level / LEVELS } as React.CSSProperties}
        >
          <ByteText text={text} />
        </span>
      ))}
      {bytes.length > COLOURED_BYTES && (
        <ByteText text={new TextDecoder().decode(bytes.subarray(COLOURED_BYTES))} />
      )}
    </>
  );
}

/** Drawn anew only when the bits are others. */
export const SurprisingText = memo(Text);
