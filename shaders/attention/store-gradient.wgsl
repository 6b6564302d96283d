// A workgroup's gradients of queries, keys or values, into those of the sequence. Needs attention/place.wgsl and
// attention/add-gradient.wgsl.

@group(0) @binding(4) var<storage, read_write> dQkv: array<Stored>;

fn storeGradient(kind: u32, part: u32, place: Place, row: u32, d: u32, value: vec4f) {
  addGradient(rowIndex(kind, place, row) + d, value);
}
