// What is looked at on the page: a layer, a head, the position that looks, and the part of the matrix that is enlarged.

import { useMemo, useState } from 'react';
import type { Region } from '../../components/seen/weightCells.ts';
import type { Inspected } from '../../state/inspect.ts';
import { around, clamped, isWhole, whole } from './region.ts';

export interface Selecting {
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  readonly region: Region;
  readonly selectHead: (layer: number, head: number) => void;
  readonly selectQuery: (query: number) => void;
  /** Enlarges by a factor, around a query and a key; below 1 it shows more. */
  readonly zoom: (factor: number, query: number, key: number) => void;
  /** Moves the keys that are shown by a share of them. */
  readonly pan: (share: number) => void;
  readonly showAll: () => void;
}

interface Chosen {
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  /** Null for the whole matrix, however long it is. */
  readonly region: Region | null;
}

/** The choice on what was seen; where that has fewer layers or positions, the nearest one. */
export function useSelection({ model, inspection }: Inspected): Selecting {
  const { nLayer, nHead } = model.config;
  const length = inspection.tokens.length;
  const [chosen, setChosen] = useState<Chosen>(() => ({
    ...{ layer: nLayer - 1, head: 0, query: Math.floor(0.75 * length), region: null },
  }));
  const layer = Math.min(chosen.layer, nLayer - 1);
  const head = Math.min(chosen.head, nHead - 1);
  const query = Math.min(chosen.query, length - 1);
  const wanted = chosen.region;
  const region = useMemo(() => {
    const fits = wanted && Math.max(wanted.queries.to, wanted.keys.to) <= length;
    return fits ? wanted : whole(length);
  }, [wanted, length]);
  const size = region.queries.to - region.queries.from;

  const change = (part: Partial<Chosen>) => setChosen((before) => ({ ...before, ...part }));
  const show = (next: Region) => change({ region: isWhole(next, length) ? null : next });
  return {
    ...{ layer, head, query, region },
    selectHead: (nextLayer, nextHead) => change({ layer: nextLayer, head: nextHead }),
    selectQuery: (next) => {
      const at = Math.max(0, Math.min(next, length - 1));
      change({ query: at });
      const { queries, keys } = region;
      if (at >= queries.from && at < queries.to) return;
      show({ queries: clamped(at - (size >> 1), size, length), keys });
    },
    zoom: (factor, aroundQuery, aroundKey) => show(around(region, factor, aroundQuery, aroundKey, length)),
    pan: (share) => {
      const { queries, keys } = region;
      show({ queries, keys: clamped(keys.from + share * size, size, length) });
    },
    showAll: () => change({ region: null }),
  };
}
