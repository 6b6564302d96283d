// Keeps a workgroup's key and value gradients as partial sums, for attention/reduce-key.wgsl:
// partials [PARTS, B, HEAD_COUNT, GROUPS * KEY_ROWS, D_QK + D_V]; such segments have one group.
// Needs attention/place.wgsl. Constants: BATCH.

@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;

fn storeGradient(kind: u32, part: u32, place: Place, row: u32, d: u32, value: vec4f) {
  let run = (part * BATCH + place.batch) * HEAD_COUNT + place.head - FIRST_HEAD;
  partials[(run * KEY_ROWS + row) * (QK4 + V4) + select(0u, QK4, kind == VALUE) + d] = value;
}
