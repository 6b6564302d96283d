// What the settings at hand would cost, asked of the engine shortly after they changed, and why a run with them
// cannot start. What can be told without the engine is told at once.

import { useEffect, useState } from 'react';
import { itemBytes } from '../../data/medium.ts';
import { checkTrainable } from '../../data/split.ts';
import { configProblems } from '../../model/validate.ts';
import type { DatasetInfo, Preflight, RunConfig } from '../../protocol/index.ts';
import { costOf } from '../../state/commands.ts';
import { mediumMismatch } from '../../state/draft.ts';
import { useWeft } from '../../state/store.ts';

export interface Cost {
  /** Null until the engine has answered, and while there are problems. */
  readonly preflight: Preflight | null;
  /** Sentences; empty when the run can start. */
  readonly problems: readonly string[];
}

const WAIT_MS = 150;

export function useCost(run: RunConfig, dataset: DatasetInfo | null): Cost {
  const ready = useWeft((state) => state.engine.state === 'ready');
  const [answer, setAnswer] = useState<{ readonly run: RunConfig; readonly cost: Cost } | null>(null);
  useEffect(() => {
    if (!ready) return;
    let current = true;
    const timer = setTimeout(async () => {
      const result = await costOf(run);
      if (!current) return;
      const preflight = result.ok ? result.value : null;
      const problems = result.ok ? result.value.problems : [result.error.message];
      setAnswer({ run, cost: { preflight, problems } });
    }, WAIT_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [run, ready]);
  const mismatch = dataset && mediumMismatch(run, dataset.medium);
  const mistakes = mismatch ? [mismatch] : [...configProblems(run.model), ...tooShort(run, dataset)];
  const problems = mistakes.length > 0 ? mistakes : (answer?.cost.problems ?? []);
  // Until a new answer comes, the one before is about right, and figures do not flicker while a slider moves.
  const preflight = ready && problems.length === 0 ? (answer?.cost.preflight ?? null) : null;
  return { preflight, problems: problems.map(inPageWords) };
}

function tooShort(run: RunConfig, dataset: DatasetInfo | null): readonly string[] {
  if (!dataset) return [];
  try {
    checkTrainable(dataset.sizeBytes, run.model.contextLength, itemBytes(dataset.medium));
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** What the page calls the fields that problems name. */
const pageWords: readonly (readonly [field: RegExp, word: string])[] = [
  [/\bcontextLength\b/g, 'context'],
  [/\bnLayer\b/g, 'layers'],
  [/\bnHead\b/g, 'heads'],
  [/\bdModel\b/g, 'width'],
  [/\bdFF\b/g, 'feed-forward width'],
  [/\bdQueryKey\b/g, 'query and key width'],
  [/\battention\.stride\b/g, 'stride'],
  [/\battention\.summaryCells\b/g, 'summary'],
  [/\bpositions\.stride\b/g, 'row length'],
  [/\bmicro-batch\b/g, 'batch'],
];

function inPageWords(problem: string): string {
  const words = pageWords.reduce((text, [field, word]) => text.replace(field, word), problem);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
