// What a position knows of after 1, 2, ... layers, gathered into the columns of small pictures.

/** Columns of a picture of the reach, at most. */
const COLUMNS = 240;

/**
 * For each of 1 to `depth` layers, the share of the positions of each column that is known then. `layer` says after how
 * many layers each position is known first (`Reach`).
 */
export function reachColumns(layer: Uint8Array, depth: number, length: number): readonly Float32Array[] {
  const columns = Math.min(COLUMNS, length);
  const perColumn = length / columns;
  const known = Array.from({ length: depth }, () => new Float32Array(columns));
  const add = (shares: Float32Array, column: number, share: number) => {
    shares[column] = (shares[column] ?? 0) + share;
  };
  for (let position = 0; position < layer.length; position++) {
    const first = known[Math.max(1, layer[position] ?? 0) - 1];
    if (first) add(first, Math.floor(position / perColumn), 1 / perColumn);
  }
  // What is known after some layers is known after more.
  for (const [index, shares] of known.entries()) {
    for (const [column, before] of known[index - 1]?.entries() ?? []) add(shares, column, before);
  }
  return known;
}
