// The rows of weights of one position, one for each head of a layer, asked of the engine when they are needed.

import { useEffect, useState } from 'react';
import { allHeads, meanRow } from '../../model/attention.ts';
import type { AttentionRow, HeadChoice } from '../../protocol/index.ts';
import type { Inspected } from '../../state/inspect.ts';
import { rowsOf } from '../../state/looking.ts';

/** Positions kept, so that going back and forth asks nothing. */
const KEPT = 256;
/** Where the pointer only passes by, nothing is asked; the mean of many windows takes the engine longer. */
const WAIT_MS = { one: 25, many: 120 };

export interface Rows {
  readonly layer: number;
  readonly query: number;
  /** One for each head; none before the first answer. */
  readonly heads: readonly AttentionRow[];
}

const caches = new WeakMap<Inspected['inspection'], Map<string, Rows>>();

/** The row of a head, or of the mean over all of them; null where it has not come. */
export function rowOf({ heads }: Rows, head: HeadChoice): AttentionRow | null {
  if (head === 'mean') return heads.length > 0 ? meanRow(heads) : null;
  return heads[head] ?? null;
}

/** What the engine said of this position or, until it has answered, of the last one in the same layer. */
export function useRows({ input, inspection, model }: Inspected, layer: number, query: number): Rows {
  const { tokens, windows } = inspection;
  const key = `${layer} ${query}`;
  const cache = caches.get(inspection) ?? new Map<string, Rows>();
  caches.set(inspection, cache);
  const known = cache.get(key);
  const [, setArrived] = useState(0);
  const [last, setLast] = useState<Rows | null>(null);
  useEffect(() => {
    if (known) {
      setLast(known);
      return;
    }
    let current = true;
    const timer = setTimeout(
      async () => {
        const answer = await rowsOf({
          // What was seen is looked at, whatever data has been opened since.
          input: input.kind === 'average' ? input : { kind: 'bytes', bytes: tokens },
          ...{ layer, heads: allHeads(model.config), queries: [query] },
        });
        if (!answer.ok) return;
        if (cache.size >= KEPT) cache.clear();
        cache.set(key, { layer, query, heads: answer.value });
        if (current) setArrived((count) => count + 1);
      },
      windows > 1 ? WAIT_MS.many : WAIT_MS.one,
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [known, input, tokens, windows, model, cache, key, layer, query]);
  if (known) return known;
  return last?.layer === layer && last.query < tokens.length ? last : { layer, query, heads: [] };
}
