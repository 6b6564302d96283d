// out[part][row, column] = value, in float32: a plain product, or the partial products of a split K.

@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

fn readBefore(row: u32, column: u32) -> vec4f {
  return vec4f();
}

fn finish(part: u32, row: u32, column: u32, value: vec4f, before: vec4f) {
  out[(part * extents.M * extents.N + row * extents.N + column) / 4u] = value;
}
