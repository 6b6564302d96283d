// The enlarged picture: the small one at once, and a sharper one of the part that is shown as soon as the engine has it.

import { useEffect, useState } from 'react';
import type { Region } from '../../components/seen/weightCells.ts';
import type { AttentionMaps } from '../../protocol/index.ts';
import type { Inspected } from '../../state/inspect.ts';
import { closerMap } from '../../state/looking.ts';
import { isWhole } from './region.ts';

/** Cells along a side of the enlarged picture. */
const CELLS = 128;
/** A person who zooms in several steps wants the last one. */
const WAIT_MS = 120;

export interface Closer {
  readonly region: Region;
  readonly maps: AttentionMaps;
}

export function useCloserMap({ input, inspection }: Inspected, layer: number, region: Region): Closer | null {
  const [closer, setCloser] = useState<(Closer & { layer: number; of: unknown }) | null>(null);
  const { maps, tokens } = inspection;
  // Nothing is sharper than a cell for each pair.
  const sharp = isWhole(region, tokens.length) && maps.rows === tokens.length;
  useEffect(() => {
    if (sharp) return;
    let current = true;
    const timer = setTimeout(async () => {
      const answer = await closerMap({ input, layer, cells: CELLS, ...region });
      if (current && answer.ok) setCloser({ region, maps: answer.value, layer, of: inspection });
    }, WAIT_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [sharp, input, inspection, layer, region]);
  if (closer && !sharp && closer.of === inspection && closer.layer === layer && closer.region === region) {
    return closer;
  }
  return null;
}
