// The input row at each sample's position, from which decoding goes on by itself. A workgroup takes a sample.
// Constant: T. Needs decode/row.wgsl.

@group(0) @binding(1) var<storage, read> state: array<u32>;         // position [S]
@group(0) @binding(2) var<storage, read> tokens: array<u32>;        // [S, T]
@group(0) @binding(3) var<storage, read_write> x: array<vec4f>;     // [S, WIDTH]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sample = group.x;
  let position = state[sample];
  let last = tokens[sample * T + max(position, 1u) - 1u];
  for (var d = thread; d < VECTORS; d += 64u) { x[sample * VECTORS + d] = inputRow(d, position, last); }
}
