// A part of the state that changes many times a second, seen a few times a second: drawing costs more than each
// single step is worth, and what is typed and pressed meanwhile must not wait.

import { useEffect, useState } from 'react';
import { useWeft, type WeftState } from './store.ts';

/** `select` must be the same function at each call. */
export function useSlowly<T>(select: (state: WeftState) => T, everyMs: number): T {
  const [seen, setSeen] = useState(() => select(useWeft.getState()));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lookedAtMs = 0;
    const look = () => {
      clearTimeout(timer);
      timer = undefined;
      lookedAtMs = performance.now();
      setSeen(() => select(useWeft.getState()));
    };
    look();
    const unsubscribe = useWeft.subscribe((now, before) => {
      // What begins or ends shows at once, with all that came before it.
      const turned = now.run.status !== before.run.status || now.generation.state !== before.generation.state;
      const waitMs = turned ? 0 : lookedAtMs + everyMs - performance.now();
      if (waitMs <= 0) look();
      else timer ??= setTimeout(look, waitMs);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [select, everyMs]);
  return seen;
}
