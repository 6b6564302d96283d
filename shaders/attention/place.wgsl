// Names for rows: their kinds, and where those that a workgroup works on stand. Needs attention/segment.wgsl.

const QUERY = 0u;
const KEY = 1u;
const VALUE = 2u;
const GRADIENT = 3u; // of a query's output

struct Place {
  batch: u32,
  head: u32,
  group: u32,
}

// Whether a row of queries (or of gradients), or of keys (or values), stands inside the sequence.
fn rowInside(kind: u32, place: Place, row: u32) -> bool {
  if (kind == QUERY || kind == GRADIENT) { return queryInside(place.group, row); }
  return row < KEY_ROWS && keyPosition(place.head, place.group, row) < T;
}

// Index, in vec4s, of a row of queries, keys or values in qkv, and in its gradient.
fn rowIndex(kind: u32, place: Place, row: u32) -> u32 {
  let start = place.batch * T;
  if (kind == QUERY) { return queryIndex(start + queryPosition(place.group, row), place.head); }
  let at = start + keyPosition(place.head, place.group, row);
  if (kind == KEY) { return keyIndex(at, place.head); }
  return valueIndex(at, place.head);
}

// Index, in vec4s, of a query's output, and of its gradient.
fn outputIndex(place: Place, row: u32) -> u32 {
  return ((place.batch * T + queryPosition(place.group, row)) * HEADS + place.head) * V4;
}

// Where a query row's log-sum-exp stands, and its delta.
fn lseIndex(place: Place, row: u32) -> u32 {
  return (place.batch * HEADS + place.head) * T + queryPosition(place.group, row);
}
