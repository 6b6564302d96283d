// A part of the state that changes many times a second, seen a few times a second: drawing costs more than each
// single step is worth, and what is typed and pressed meanwhile must not wait.

import { useEffect, useState } from 'react';
import { useWeft, type WeftState } from './store.ts';

/** `select` must be the same function at each call. */
export function useSlowly<T>(select: (state: WeftState) => T, everyMs: number): T {
  const [seen, setSeen] = useState(() => select(useWeft.getState()));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      setSeen(() => select(useWeft.getState()));
    };
    look();
    const unsubscribe = useWeft.subscribe(() => {
      timer ??= setTimeout(look, everyMs);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [select, everyMs]);
  return seen;
}
