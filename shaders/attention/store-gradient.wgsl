// Adds a workgroup's key and value gradients to those of the sequence. Needs attention/segment.wgsl and
// attention/add-gradient.wgsl.

@group(0) @binding(4) var<storage, read_write> dQkv: array<Stored>;

fn storeKey(part: u32, batch: u32, head: u32, row: u32, at: u32, d: u32, value: vec4f) {
  addGradient(keyIndex(batch * T + at, head) + d, value);
}

fn storeValue(part: u32, batch: u32, head: u32, row: u32, at: u32, d: u32, value: vec4f) {
  addGradient(valueIndex(batch * T + at, head) + d, value);
}
