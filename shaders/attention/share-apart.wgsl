// Where tiles of keys are made side by side, and each is seen by the queries of its own rows and of the next few tiles:
// the share of its own rows goes into their gradients, those of the others into  partials [SHARES - 1, B, HEAD_COUNT,
// QUERY_ROWS, D_QK], which attention/reduce-query.wgsl adds up. Queries that see nothing of a tile get a share of zeros.
// Needs attention/place.wgsl and attention/add-gradient.wgsl. Constants: BATCH, SHARES.

@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;

fn putShare(place: Place, keys: Rows, queries: Rows, query: u32, d: u32, value: vec4f) {
  let share = (queries.first - keys.first) / STREAM;
  if (share == 0u) {
    addGradient(rowIndex(QUERY, place, query) + d, value);
  } else {
    let run = ((share - 1u) * BATCH + place.batch) * HEAD_COUNT + place.head - FIRST_HEAD;
    partials[(run * QUERY_ROWS + query) * QK4 + d] = value;
  }
}
