// Gradient of one position table: dW[o] += sum of dx[b, p + 1] over the positions p with (p / DIVISOR) % MODULUS = o.
// For the start vector (START true): d += sum over b of dx[b, 0].
//
// A workgroup takes one row of the table, a thread one vec4 of features at a time.
// Constants: BATCH, T, WIDTH, DIVISOR, MODULUS, START.

@group(0) @binding(0) var<storage, read> dx: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> gradient: array<vec4f>;

const VECTORS = WIDTH / 4u;
const PERIODS = (T + DIVISOR * MODULUS - 1u) / (DIVISOR * MODULUS);

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let entry = group.y * groups.x + group.x;
  if (entry >= MODULUS) { return; }
  for (var d = thread; d < VECTORS; d += 64u) {
    var sum = vec4f();
    for (var b = 0u; b < BATCH; b++) {
      if (START) {
        sum += dx[b * T * VECTORS + d];
        continue;
      }
      for (var period = 0u; period < PERIODS; period++) {
        for (var i = 0u; i < DIVISOR; i++) {
          let p = (period * MODULUS + entry) * DIVISOR + i;
          if (p + 1u >= T) { break; }
          sum += dx[(b * T + p + 1u) * VECTORS + d];
        }
      }
    }
    gradient[entry * VECTORS + d] += sum;
  }
}
