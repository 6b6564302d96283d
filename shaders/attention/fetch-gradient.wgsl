// Feature vec4s of the rows that the backward pass reads: those of attention/fetch.wgsl, and the gradients of the
// queries' outputs, from a binding dO.

fn fetchGradient(place: Place, row: u32, end: u32, d: u32) -> vec4f {
  if (row >= end || !queryInside(place.group, row) || d >= V4) { return vec4f(); }
  return wide(dO[outputIndex(place, row) + d]);
}

fn fetchRow(kind: u32, place: Place, row: u32, end: u32, d: u32) -> vec4f {
  if (kind == QUERY) { return fetchQuery(place, row, end, d); }
  if (kind == KEY) { return fetchKey(place, row, end, d); }
  if (kind == VALUE) { return fetchValue(place, row, end, d); }
  return fetchGradient(place, row, end, d);
}
