// From positions to rows of a segment, for kernels that read single rows of the attention matrix: what
// src/patterns/segment.ts does with queryOf, and the inverse of keyPosition. Needs attention/segment.wgsl, and
// a binding qkv as it is stored.

// Of a segment with blocks for groups; at least 1, since the division is checked even where it is not reached.
const BLOCK = max(GROUP_STEP, 1u);

// The group and query row of a position.
fn queryOf(position: u32) -> vec2u {
  if (GROUPS > 1u && GROUP_STEP >= QUERY_STEP) { return vec2u(position / BLOCK, position % BLOCK); }
  return vec2u(position % QUERY_STEP, position / QUERY_STEP);
}

// The first key row of a group that stands at `position` or after it.
fn keyRowAt(head: u32, group: u32, position: u32) -> u32 {
  let rest = i32(position) - i32(group * GROUP_STEP) - headOffset(head);
  if (rest <= 0) { return 0u; }
  return (u32(rest) / BLOCK_STEP) * CELLS + min(u32(rest) % BLOCK_STEP, CELLS);
}

// The scaled score of a query and a key, by their rows of qkv.
fn scoreOf(head: u32, queryRow: u32, keyRow: u32) -> f32 {
  let query = queryIndex(queryRow, head);
  let key = keyIndex(keyRow, head);
  var sum = vec4f();
  for (var d = 0u; d < QK4; d++) { sum = fma(wide(qkv[query + d]), wide(qkv[key + d]), sum); }
  return dot(sum, vec4f(1.0)) * inverseSqrt(f32(D_QK));
}
