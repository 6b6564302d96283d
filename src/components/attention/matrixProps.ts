// What a matrix that zooms is given, and what it tells.

import type { Painter } from './paint.ts';
import type { View } from './view.ts';

export interface MatrixProps {
  /** Positions along a side. */
  readonly length: number;
  readonly view: View;
  readonly onView: (view: View) => void;
  /** The marked query. */
  readonly query: number;
  /** A query that is pointed at, and null when it no longer is. */
  readonly onHover?: (query: number | null) => void;
  readonly onQuery: (query: number) => void;
  readonly paint: Painter;
  /** Name for those who do not see it. */
  readonly label: string;
  /** The marked query in words. */
  readonly queryText: string;
}
