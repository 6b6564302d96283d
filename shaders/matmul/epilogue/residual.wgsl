// out = residual + dropout(value + bias): the end of a sub-block. Needs common/random, step and dropout.

@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read> residual: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(5) var<uniform> step: Step;

fn readBefore(row: u32, column: u32) -> vec4f {
  return residual[(row * extents.N + column) / 4u];
}

fn finish(part: u32, row: u32, column: u32, value: vec4f, before: vec4f) {
  let element = row * extents.N + column;
  out[element / 4u] = before + dropout(value + bias[column / 4u], element);
}
