// A value that changes often, seen at most a few times a second: drawing a chart costs more than a new point is worth.

import { useEffect, useRef, useState } from 'react';

export function useSlowly<T>(value: T, everyMs: number): T {
  const [seen, setSeen] = useState(value);
  const seenAtMs = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, seenAtMs.current + everyMs - performance.now());
    const timer = setTimeout(() => {
      seenAtMs.current = performance.now();
      setSeen(value);
    }, wait);
    return () => clearTimeout(timer);
  }, [value, everyMs]);
  return seen;
}
