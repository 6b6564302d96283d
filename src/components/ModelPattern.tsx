// The pattern of a whole model: all heads of one turn of its layers, laid over each other.

import { useMemo } from 'react';
import { headGroups, type ModelConfig } from '../model/config.ts';
import { attentionWords } from './attentionWords.ts';
import type { DrawnHead } from './coverage.ts';
import { count } from './format.ts';
import styles from './ModelPattern.module.css';
import { PatternLegend, PatternMatrix } from './PatternMatrix.tsx';

/** The heads of one turn of the layers: more layers would only repeat them. */
function drawnHeads(model: ModelConfig): DrawnHead[] {
  const turn = Math.min(model.nLayer, model.attention.layers.length);
  const groups = Array.from({ length: turn }, (_, layer) => headGroups(model, layer)).flat();
  return groups.flatMap(({ firstHead, nHead, segments }) =>
    Array.from({ length: nHead }, (_, index) => ({ head: firstHead + index, segments })),
  );
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
