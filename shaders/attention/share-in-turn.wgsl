// Where a workgroup makes all tiles of keys of a group in turn, each adds its share to the gradients of the queries. The
// first, which every query sees, writes instead where no earlier segment did.
// Needs attention/place.wgsl and attention/add-gradient.wgsl.

fn putShare(place: Place, keys: Rows, queries: Rows, query: u32, d: u32, value: vec4f) {
  if (query >= queries.end) { return; }
  putGradient(rowIndex(QUERY, place, query) + d, value, ADDS || keys.first > 0u);
}
