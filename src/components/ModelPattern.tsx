// The pattern of a whole model: all heads of one turn of its layers, laid over each other.

import { useMemo } from 'react';
import type { ModelConfig } from '../model/config.ts';
import { distinctHeads, type PatternHead } from '../patterns/index.ts';
import { attentionWords } from './attentionWords.ts';
import { count } from './format.ts';
import styles from './ModelPattern.module.css';
import { PatternLegend, PatternMatrix } from './PatternMatrix.tsx';

/** The heads of one turn of the layers: more layers would only repeat them. */
function drawnHeads({ nLayer, nHead, contextLength, attention }: ModelConfig): PatternHead[] {
  const { layers, ...geometry } = attention;
  return layers
    .slice(0, nLayer)
    .flatMap((heads) => distinctHeads(heads, { ...geometry, nHead }, contextLength));
}

export function ModelPattern({ model }: { readonly model: ModelConfig }) {
  const { attention, contextLength } = model;
  const heads = useMemo(() => drawnHeads(model), [model]);
  return (
    <div className={styles.pattern}>
      <PatternMatrix
        heads={heads}
        length={contextLength}
        label={`Which of ${count(contextLength)} positions each one may look back at: ${attentionWords(attention)}`}
      />
      <PatternLegend factors={[...new Set(attention.layers.flat(2))]} />
    </div>
  );
}
