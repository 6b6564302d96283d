// x[b, t] = E[token[b, t - 1]] + sum over tables j of W_j[o_j(t - 1)], and x[b, 0] = the start vector: the input
// shifted right. Position p = t - 1 takes row (p / DIVISOR_j) % MODULUS_j of table j (paper section 5.3).
//
// A thread makes one vec4. Constants: ROWS (B * T), T, WIDTH, TABLES (2 or 3), and element offsets in the
// parameter arena: TOKEN_OFFSET, START_OFFSET, TABLE0_OFFSET..TABLE2_OFFSET, DIVISOR0.., MODULUS0...

@group(0) @binding(0) var<storage, read> tokens: array<u32>;        // [B * T] bytes, four to a word
@group(0) @binding(1) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> x: array<vec4f>;

const VECTORS = WIDTH / 4u;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (group.y * groups.x + group.x) * 64u + thread;
  if (index >= ROWS * VECTORS) { return; }
  let row = index / VECTORS;
  let d = index % VECTORS;
  if (row % T == 0u) {
    x[index] = parameters[START_OFFSET / 4u + d];
    return;
  }
  let p = row % T - 1u;
  let token = (tokens[(row - 1u) / 4u] >> (((row - 1u) % 4u) * 8u)) & 255u;
  var sum = parameters[TOKEN_OFFSET / 4u + token * VECTORS + d];
  sum += parameters[TABLE0_OFFSET / 4u + ((p / DIVISOR0) % MODULUS0) * VECTORS + d];
  sum += parameters[TABLE1_OFFSET / 4u + ((p / DIVISOR1) % MODULUS1) * VECTORS + d];
  if (TABLES == 3u) { sum += parameters[TABLE2_OFFSET / 4u + ((p / DIVISOR2) % MODULUS2) * VECTORS + d]; }
  x[index] = sum;
}
