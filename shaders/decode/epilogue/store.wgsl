// out[sample, column] = value.

@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;

fn finish(sample: u32, column: u32, value: vec4f) {
  out[sample * N4 + column] = value;
}
