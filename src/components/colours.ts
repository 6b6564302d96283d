// The theme's colours for what is drawn on a canvas, which knows no variables.

import { useEffect, useState } from 'react';

export interface CanvasColours {
  readonly accent: string;
  readonly surprise: string;
  readonly dim: string;
  readonly text: string;
  readonly line: string;
  readonly card: string;
}

const NAMES = ['accent', 'surprise', 'dim', 'text', 'line', 'card'] as const;

function read(): CanvasColours {
  const style = getComputedStyle(document.documentElement);
  const entries = NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || '#888888']);
  return Object.fromEntries(entries) as unknown as CanvasColours;
}

/** The colours as they are in the present theme. */
export function useCanvasColours(): CanvasColours {
  const [colours, setColours] = useState(read);
  useEffect(() => {
    const update = () => setColours(read());
    update();
    // The theme is an attribute of the root; it also follows the system.
    const observer = new MutationObserver(update);
    observer.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    return () => observer.disconnect();
  }, []);
  return colours;
}

/** "#e8b04a" as three numbers. */
export function rgb(colour: string): readonly [number, number, number] {
  const value = Number.parseInt(colour.replace('#', ''), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
