// The colours of the theme as numbers, for canvases: a canvas cannot be told `var(--factor-local)`.

import { useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import { FACTORS, type Factor } from '../../patterns/index.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

export interface Palette {
  readonly factors: Readonly<Record<Factor, Rgb>>;
  /** What may be looked at but is not. */
  readonly empty: Rgb;
  readonly card: Rgb;
  readonly line: Rgb;
  readonly text: Rgb;
  readonly dim: Rgb;
  readonly accent: Rgb;
}

/** The colour of a token such as `#e69f00`. */
function token(style: CSSStyleDeclaration, name: string): Rgb {
  const value = style.getPropertyValue(name).trim();
  const channel = (at: number) => Number.parseInt(value.slice(at, at + 2), 16) || 0;
  return [channel(1), channel(3), channel(5)];
}

/** The palette of the theme that is shown; a new one when the theme changes. */
export function usePalette(): Palette {
  const scheme = useComputedColorScheme('light');
  return useMemo(() => {
    // Read anew for each scheme: the tokens are those of the document at that moment.
    const style = scheme && getComputedStyle(document.documentElement);
    const factors = {} as Record<Factor, Rgb>;
    for (const factor of FACTORS) factors[factor] = token(style, `--factor-${factor}`);
    const [empty, card, line, text, dim, accent] = (
      ['--raised', '--card', '--line', '--text', '--dim', '--accent'] as const
    ).map((name) => token(style, name)) as [Rgb, Rgb, Rgb, Rgb, Rgb, Rgb];
    return { factors, empty, card, line, text, dim, accent };
  }, [scheme]);
}

export function css([red, green, blue]: Rgb, alpha = 1): string {
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}
