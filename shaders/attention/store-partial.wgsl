// Keeps a workgroup's key and value gradients as partial sums, for attention/reduce-key.wgsl:
// partials [PARTS, B, HEAD_COUNT, GROUPS * KEY_ROWS, D_QK + D_V]; such segments have one group.
// Needs attention/segment.wgsl. Constants: BATCH.

@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;

fn partialIndex(part: u32, batch: u32, head: u32, row: u32) -> u32 {
  return (((part * BATCH + batch) * HEAD_COUNT + head - FIRST_HEAD) * KEY_ROWS + row) * (QK4 + V4);
}

fn storeKey(part: u32, batch: u32, head: u32, row: u32, at: u32, d: u32, value: vec4f) {
  partials[partialIndex(part, batch, head, row) + d] = value;
}

fn storeValue(part: u32, batch: u32, head: u32, row: u32, at: u32, d: u32, value: vec4f) {
  partials[partialIndex(part, batch, head, row) + QK4 + d] = value;
}
