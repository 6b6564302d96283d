// delta = sum over a head's features of dO * O, the one number besides the log-sum-exp that the backward pass
// of every segment needs. A thread makes one (row, head). Constants: ROWS (B * T), T, HEADS, D_V.

@group(0) @binding(0) var<storage, read> o: array<Stored>;           // [B * T, HEADS * D_V]
@group(0) @binding(1) var<storage, read> dO: array<Stored>;
@group(0) @binding(2) var<storage, read_write> delta: array<f32>;    // [B, HEADS, T]

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) place: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (place.y * groups.x + place.x) * 64u + thread;
  if (index >= ROWS * HEADS) { return; }
  let row = index / HEADS;
  let head = index % HEADS;
  var sum = 0.0;
  for (var d = 0u; d < D_V / 4u; d++) {
    sum += dot(wide(o[index * (D_V / 4u) + d]), wide(dO[index * (D_V / 4u) + d]));
  }
  delta[((row / T) * HEADS + head) * T + row % T] = sum;
}
