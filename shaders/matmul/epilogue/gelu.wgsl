// preActivation = value + bias, out = gelu(preActivation). Needs common/gelu.wgsl.

@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> preActivation: array<Stored>;
@group(0) @binding(4) var<storage, read_write> out: array<Stored>;

fn readBefore(row: u32, column: u32) -> vec4f {
  return vec4f();
}

fn finish(part: u32, row: u32, column: u32, value: vec4f, before: vec4f) {
  let index = (row * extents.N + column) / 4u;
  let h = value + bias[column / 4u];
  preActivation[index] = narrow(h);
  out[index] = narrow(gelu(h));
}
