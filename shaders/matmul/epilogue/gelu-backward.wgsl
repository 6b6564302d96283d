// out = value * gelu'(preActivation): the gradient before the activation. Needs common/gelu.wgsl.

@group(0) @binding(2) var<storage, read> preActivation: array<Stored>;
@group(0) @binding(3) var<storage, read_write> out: array<Stored>;

fn readBefore(row: u32, column: u32) -> vec4f {
  return wide(preActivation[(row * extents.N + column) / 4u]);
}

fn finish(part: u32, row: u32, column: u32, value: vec4f, before: vec4f) {
  out[(row * extents.N + column) / 4u] = narrow(value * geluDerivative(before));
}
