// The part of a square matrix that is shown: its first query and key, and how many positions a side has. Zooming and
// panning are arithmetic on it, and never leave the matrix.

export interface View {
  /** First query (row) and key (column) shown; may be fractional. */
  readonly query: number;
  readonly key: number;
  /** Positions along a side. */
  readonly span: number;
}

/** The closest look: single cells, with a few around them. */
const MIN_SPAN = 8;

export function wholeView(length: number): View {
  return { query: 0, key: 0, span: length };
}

/** The view nearest to `view` that lies in a matrix of `length` positions. */
export function clampView({ query, key, span }: View, length: number): View {
  const inside = Math.min(length, Math.max(Math.min(MIN_SPAN, length), span));
  const corner = (at: number) => Math.min(Math.max(0, at), length - inside);
  return { query: corner(query), key: corner(key), span: inside };
}

/** Closer by `factor` around a point, which stays where it is on the screen. `x` and `y` are shares of the sides. */
export function zoomed(view: View, factor: number, x: number, y: number, length: number): View {
  const { span } = clampView({ ...view, span: view.span / factor }, length);
  const grown = view.span - span;
  return clampView({ query: view.query + y * grown, key: view.key + x * grown, span }, length);
}

/** Moved by shares of a side: right and down. */
export function panned(view: View, right: number, down: number, length: number): View {
  return clampView(
    { ...view, query: view.query + down * view.span, key: view.key + right * view.span },
    length,
  );
}

/** Moved as little as it takes to show a query's row. */
export function showing(view: View, query: number, length: number): View {
  if (query >= view.query && query + 1 <= view.query + view.span) return view;
  return clampView(
    { ...view, query: query - view.span / 2, key: view.key + query - view.span / 2 - view.query },
    length,
  );
}

/** The position at a share of a side, from the side's first. */
export function positionAt(first: number, span: number, share: number, length: number): number {
  return Math.min(length - 1, Math.max(0, Math.floor(first + share * span)));
}

export function isWhole(view: View, length: number): boolean {
  return view.span >= length;
}
