// Keeps a workgroup's key and value gradients as partial sums, for attention/reduce-partials.wgsl.
// Needs attention/partials.wgsl.

@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;

fn storeGradient(kind: u32, part: u32, place: Place, row: u32, d: u32, value: vec4f) {
  partials[partialIndex(part, place, row, select(0u, QK4, kind == VALUE) + d)] = value;
}
