// The pattern of a whole model: all heads of one turn of its layers, laid over each other.

import { useMemo } from 'react';
import type { ModelConfig } from '../model/config.ts';
import { distinctHeads, type LayerFactors, type PatternHead } from '../patterns/index.ts';
import { attentionWords } from './attentionWords.ts';
import { count } from './format.ts';
import styles from './ModelPattern.module.css';
import { PatternLegend, PatternMatrix } from './PatternMatrix.tsx';

/** One turn of the layers, or as much of it as there are: more layers would only repeat it. */
const drawnLayers = ({ nLayer, attention }: ModelConfig): LayerFactors => attention.layers.slice(0, nLayer);

function drawnHeads(model: ModelConfig): PatternHead[] {
  const { layers: _, ...geometry } = model.attention;
  return drawnLayers(model).flatMap((heads) =>
    distinctHeads(heads, { ...geometry, nHead: model.nHead }, model.contextLength),
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
      <PatternLegend factors={[...new Set(drawnLayers(model).flat(2))]} />
    </div>
  );
}
