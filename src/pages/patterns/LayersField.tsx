// Any mixture of factors, typed: layers, heads and unions.

import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Term } from '../../components/Term.tsx';
import type { LayerFactors } from '../../patterns/index.ts';
import { parseLayers, TYPED, typedLayers } from './layersText.ts';
import styles from './PatternsPage.module.css';

interface LayersFieldProps {
  readonly layers: LayerFactors;
  readonly onChange: (layers: LayerFactors) => void;
}

export function LayersField({ layers, onChange }: LayersFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const commit = () => {
    if (typed === null) return;
    const parsed = parseLayers(typed, TYPED);
    if (parsed.ok) onChange(parsed.layers);
    setProblem(parsed.ok ? null : `${parsed.problem} It stays as it was.`);
    setTyped(null);
  };
  return (
    <div className={styles.layers}>
      <Term explain="Any mixture. “local; column” are two layers in turn, the lowest first; “local, column” two heads in turn; “local + column” one merged head. Factors: dense, local, column, own block, summary, previous block, dilated, sink.">
        layers
      </Term>
      <TextInput
        size="xs"
        aria-label="layers"
        value={typed ?? typedLayers(layers)}
        error={problem}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setProblem(null);
        }}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') setTyped(null);
        }}
      />
    </div>
  );
}
