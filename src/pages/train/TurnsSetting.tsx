// The order and ratio in which a pattern's two factors take turns: "column, local, local, local".

import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useFixed } from '../../components/Settings.tsx';
import { Term } from '../../components/Term.tsx';
import { FACTOR_WORDS, type Factor, PATTERN_FACTORS, type Pattern } from '../../patterns/index.ts';
import type { RunConfig } from '../../protocol/index.ts';
import { patternChoice, withPattern } from '../../state/draft.ts';
import styles from './EverySetting.module.css';

interface TurnsSettingProps {
  readonly run: RunConfig;
  readonly onChange: (run: RunConfig) => void;
}

const inWords = (turns: readonly Factor[]) => turns.map((factor) => FACTOR_WORDS[factor]).join(', ');

/** The turns that a text names, or null where it names something else. */
function parseTurns(text: string, pattern: Pattern): readonly Factor[] | null {
  const factors = PATTERN_FACTORS[pattern];
  const turns = text.split(',').map((word) => {
    const plain = word.trim().toLowerCase();
    return factors.find((factor) => FACTOR_WORDS[factor] === plain);
  });
  const known = turns.filter((factor) => factor !== undefined);
  const each = factors.every((factor) => known.includes(factor));
  return each && known.length === turns.length && known.length <= 64 ? known : null;
}

export function TurnsSetting({ run, onChange }: TurnsSettingProps) {
  const { pattern, form, cycle } = patternChoice(run);
  const disabled = useFixed();
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState(false);
  if (!pattern || cycle.length === 0) return null;
  const allowed = inWords(PATTERN_FACTORS[pattern]);
  const commit = () => {
    if (typed === null) return;
    const turns = parseTurns(typed, pattern);
    if (turns) onChange(withPattern(run, pattern, form, turns));
    setProblem(turns === null);
    setTyped(null);
  };
  return (
    <div className={styles.turns}>
      <Term
        explain={`Which attention each ${form === 'multiHead' ? 'head' : 'layer'} has, in turn, separated by commas. The paper's images used column, local, local, local.`}
      >
        turns
      </Term>
      <TextInput
        size="xs"
        aria-label="turns"
        disabled={disabled}
        value={typed ?? inWords(cycle)}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setProblem(false);
        }}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
      />
      {problem && (
        <p className={styles.problem} role="alert">
          Use {allowed}, each at least once, separated by commas. It stays as it was.
        </p>
      )}
    </div>
  );
}
