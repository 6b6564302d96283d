// What the settings at hand would cost, asked of the engine shortly after they changed.

import { useEffect, useState } from 'react';
import type { Preflight, RunConfig, WireError } from '../../protocol/index.ts';
import { costOf } from '../../state/commands.ts';
import { useWeft } from '../../state/store.ts';

export interface Cost {
  readonly preflight: Preflight | null;
  readonly error: WireError | null;
}

const WAIT_MS = 150;

export function useCost(run: RunConfig): Cost {
  const ready = useWeft((state) => state.engine.state === 'ready');
  const [cost, setCost] = useState<Cost>({ preflight: null, error: null });
  useEffect(() => {
    if (!ready) return;
    let current = true;
    const timer = setTimeout(async () => {
      const answer = await costOf(run);
      if (!current) return;
      setCost(
        answer.ok ? { preflight: answer.value, error: null } : { preflight: null, error: answer.error },
      );
    }, WAIT_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [run, ready]);
  return cost;
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

export function inPageWords(problem: string): string {
  const words = pageWords.reduce((text, [field, word]) => text.replace(field, word), problem);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Why a run with this cost cannot start, in sentences. */
export function problemsOf({ preflight, error }: Cost): readonly string[] {
  return error ? [error.message] : (preflight?.problems ?? []).map(inPageWords);
}
