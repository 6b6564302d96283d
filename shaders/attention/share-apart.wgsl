// Where tiles of keys are made side by side, and each is seen by the queries of its own rows and of the next few tiles:
// the share of its own rows goes into their gradients, those of the others into partial sums, which
// attention/reduce-partials.wgsl adds up. Queries that see nothing of a tile get a share of zeros.
// Needs attention/partials.wgsl and attention/add-gradient.wgsl.

@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;

fn putShare(place: Place, keys: Rows, queries: Rows, query: u32, d: u32, value: vec4f) {
  let share = (queries.first - keys.first) / STREAM;
  if (share == 0u) {
    addGradient(rowIndex(QUERY, place, query) + d, value);
  } else {
    partials[partialIndex(share - 1u, place, query, d)] = value;
  }
}
