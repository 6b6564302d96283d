// The row of weights of one position, asked of the engine when it is needed; while the next one is on its way, the last
// one stays.

import { useEffect, useState } from 'react';
import type { AttentionRow } from '../../protocol/index.ts';
import { rowsOf } from '../../state/looking.ts';

/** Rows kept, so that going back and forth asks nothing. */
const KEPT = 256;

const caches = new WeakMap<Uint8Array, Map<string, AttentionRow>>();

export function useRow(tokens: Uint8Array, layer: number, head: number, query: number): AttentionRow | null {
  const key = `${layer} ${head} ${query}`;
  const cache = caches.get(tokens) ?? new Map<string, AttentionRow>();
  caches.set(tokens, cache);
  const known = cache.get(key);
  const [, setArrived] = useState('');
  const [last, setLast] = useState<AttentionRow | null>(null);
  useEffect(() => {
    if (known) {
      setLast(known);
      return;
    }
    let current = true;
    // Where the pointer only passes by, nothing is asked.
    const timer = setTimeout(async () => {
      const answer = await rowsOf({ tokens, layer, heads: [head], queries: [query] });
      const row = answer.ok ? answer.value[0] : undefined;
      if (!row) return;
      if (cache.size >= KEPT) cache.clear();
      cache.set(key, row);
      if (current) setArrived(key);
    }, 25);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [known, tokens, cache, key, layer, head, query]);
  if (known) return known;
  return last?.layer === layer && last.head === head && last.query < tokens.length ? last : null;
}
