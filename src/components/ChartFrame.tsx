// What a chart stands in: as wide and high as its box, and one picture for whoever reads it otherwise, beside a table.

import { type ReactElement, useEffect, useRef } from 'react';
import { ResponsiveContainer } from 'recharts';

interface ChartFrameProps {
  readonly className: string | undefined;
  /** What the picture shows; without it, whatever stands around the chart says so. */
  readonly label?: string;
  /** Until the box has been measured, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly children: ReactElement;
}

export function ChartFrame({ className, label, width, height, children }: ChartFrameProps) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!frame.current) return;
    // React listens for focus at the layers that recharts draws into, which makes Chromium stop there at every Tab.
    const passOver = () => {
      for (const layer of frame.current?.querySelectorAll('[class*="recharts-zIndex-layer"]') ?? []) {
        if (!layer.hasAttribute('tabindex')) layer.setAttribute('tabindex', '-1');
      }
    };
    passOver();
    const observer = new MutationObserver(passOver);
    observer.observe(frame.current, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, []);
  return (
    <div className={className} ref={frame} {...(label !== undefined && { role: 'img', 'aria-label': label })}>
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width, height }}>
        {children}
      </ResponsiveContainer>
    </div>
  );
}
