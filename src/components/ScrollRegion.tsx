// A part of the page that scrolls on its own, reachable by keyboard and with a name.

import type { ComponentProps } from 'react';

interface ScrollRegionProps extends Omit<ComponentProps<'section'>, 'tabIndex' | 'aria-label'> {
  readonly name: string;
}

export function ScrollRegion({ name, ...rest }: ScrollRegionProps) {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: without a focus, arrow keys could not scroll it
  return <section {...rest} tabIndex={0} aria-label={name} />;
}
