// An input of one's own that may be longer than what the model sees at once: looked at window by window.

import { useEffect, useRef, useState } from 'react';
import { inspect } from '../../state/looking.ts';

export interface Longer {
  readonly windows: number;
  readonly window: number;
  readonly show: (bytes: Uint8Array, which: 'first' | 'last') => void;
  /** Once nothing more is typed for a moment. */
  readonly showSoon: (bytes: Uint8Array) => void;
  readonly go: (window: number) => void;
}

const TYPING_MS = 350;

export function useLonger(contextLength: number): Longer {
  const [bytes, setBytes] = useState<Uint8Array>(() => new Uint8Array());
  const [window, setWindow] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const windows = Math.ceil(bytes.length / contextLength);
  const look = (all: Uint8Array, index: number) => {
    clearTimeout(timer.current);
    setBytes(all);
    setWindow(index);
    const part = all.slice(index * contextLength, (index + 1) * contextLength);
    if (part.length > 0) void inspect({ kind: 'bytes', bytes: part });
  };
  return {
    windows,
    window,
    show: (all, which) => look(all, which === 'first' ? 0 : Math.ceil(all.length / contextLength) - 1),
    showSoon: (all) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => look(all, 0), TYPING_MS);
    },
    go: (index) => look(bytes, index),
  };
}
