// Feature vec4s of rows before `end` of a group's queries, keys and values; zero past the end. Needs
// attention/place.wgsl, and a binding qkv.

fn fetchQuery(place: Place, row: u32, end: u32, d: u32) -> vec4f {
  if (row >= end || !queryInside(place.group, row) || d >= QK4) { return vec4f(); }
  return wide(qkv[queryIndex(place.batch * T + queryPosition(place.group, row), place.head) + d]);
}

fn fetchKey(place: Place, row: u32, end: u32, d: u32) -> vec4f {
  let at = keyPosition(place.head, place.group, row);
  if (row >= end || at >= T || d >= QK4) { return vec4f(); }
  return wide(qkv[keyIndex(place.batch * T + at, place.head) + d]);
}

fn fetchValue(place: Place, row: u32, end: u32, d: u32) -> vec4f {
  let at = keyPosition(place.head, place.group, row);
  if (row >= end || at >= T || d >= V4) { return vec4f(); }
  return wide(qkv[valueIndex(place.batch * T + at, place.head) + d]);
}
