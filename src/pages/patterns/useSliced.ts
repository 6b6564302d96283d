// A long calculation of the page: done in slices, with its progress, and called off when its question changes.

import { useEffect, useState } from 'react';
import { inSlices, type Sliced } from '../../lib/slices.ts';

export interface SlicedState<T> {
  /** The answer to the last question that was answered; null before the first, and after a cancelled one. */
  readonly value: T | null;
  /** From 0 to 1 while it takes longer than a moment; null otherwise. */
  readonly progress: number | null;
  readonly cancelled: boolean;
  readonly cancel: () => void;
  readonly again: () => void;
}

/** Until then nothing is said of a calculation. */
const QUIET_MS = 100;
/** A question that changes quickly is answered once it rests. */
const REST_MS = 60;

/** `make` begins the calculation; a new function is a new question. */
export function useSliced<T>(make: () => Sliced<T>): SlicedState<T> {
  const [value, setValue] = useState<T | null>(null);
  const [progress, setProgress] = useState<number | null>(null);
  const [cancelled, setCancelled] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const [abort, setAbort] = useState<AbortController | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks the same again
  useEffect(() => {
    const controller = new AbortController();
    setAbort(controller);
    setCancelled(false);
    const timer = setTimeout(async () => {
      const began = performance.now();
      let furthest = 0;
      const result = await inSlices(make(), {
        signal: controller.signal,
        onProgress: (share) => {
          furthest = Math.max(furthest, share);
          if (performance.now() - began > QUIET_MS) setProgress(furthest);
        },
      });
      if (controller.signal.aborted) return;
      setProgress(null);
      setValue(() => result);
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
      setProgress(null);
    };
  }, [make, attempt]);

  return {
    value,
    progress,
    cancelled,
    cancel: () => {
      abort?.abort();
      setProgress(null);
      setValue(null);
      setCancelled(true);
    },
    again: () => setAttempt((count) => count + 1),
  };
}
