// What the colour of surprise means, and how much there is on average.

import { Term } from '../Term.tsx';
import { BLIND_BITS } from './levels.ts';
import styles from './SurpriseLegend.module.css';

interface SurpriseLegendProps {
  /** Null while it is not known. */
  readonly mean: number | null;
  /** What a byte is called here: byte, dim. */
  readonly unit: string;
}

export function SurpriseLegend({ mean, unit }: SurpriseLegendProps) {
  return (
    <div className={styles.legend}>
      <span className={styles.scale}>
        0 bits
        <i className={styles.ramp} aria-hidden="true" />
        {BLIND_BITS} or more
      </span>
      {mean !== null && (
        <span>
          <span className={styles.mean}>{mean.toFixed(2)}</span>{' '}
          <Term
            explain={`Bits of surprise: what this model would need to write down each ${unit}, given those before it. A blind guess needs ${BLIND_BITS}.`}
          >
            bits / {unit} on average
          </Term>
        </span>
      )}
    </div>
  );
}
