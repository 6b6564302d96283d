// Feature vec4s of rows before `end` of a group's queries, keys and values; zero past the end. Needs
// attention/segment.wgsl, and a binding qkv.

fn fetchQuery(batch: u32, head: u32, group: u32, row: u32, end: u32, d: u32) -> vec4f {
  if (row >= end || !queryInside(group, row) || d >= QK4) { return vec4f(); }
  return qkv[queryIndex(batch * T + queryPosition(group, row), head) + d];
}

fn fetchKey(batch: u32, head: u32, group: u32, row: u32, end: u32, d: u32) -> vec4f {
  let at = keyPosition(head, group, row);
  if (row >= end || at >= T || d >= QK4) { return vec4f(); }
  return qkv[keyIndex(batch * T + at, head) + d];
}

fn fetchValue(batch: u32, head: u32, group: u32, row: u32, end: u32, d: u32) -> vec4f {
  let at = keyPosition(head, group, row);
  if (row >= end || at >= T || d >= V4) { return vec4f(); }
  return qkv[valueIndex(batch * T + at, head) + d];
}
