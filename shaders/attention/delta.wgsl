// delta = sum over a head's features of dO * O, the one number besides the log-sum-exp that the backward pass
// of every segment needs. LANES threads make one (row, head): they read side by side, and the first adds up.
// Constants: ROWS (B * T), T, HEADS, D_V, LANES.

@group(0) @binding(0) var<storage, read> o: array<Stored>;           // [B * T, HEADS * D_V]
@group(0) @binding(1) var<storage, read> dO: array<Stored>;
@group(0) @binding(2) var<storage, read_write> delta: array<f32>;    // [B, HEADS, T]

const THREADS = 64u;
const V4 = D_V / 4u;

var<workgroup> sums: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) place: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = ((place.y * groups.x + place.x) * THREADS + thread) / LANES;
  let lane = thread % LANES;
  var sum = 0.0;
  if (index < ROWS * HEADS) {
    for (var d = lane; d < V4; d += LANES) {
      sum += dot(wide(o[index * V4 + d]), wide(dO[index * V4 + d]));
    }
  }
  if (LANES > 1u) {
    sums[thread] = sum;
    workgroupBarrier();
    sum = 0.0;
    for (var other = 0u; other < LANES; other++) { // unrolled
      sum += sums[thread - lane + other];
    }
  }
  if (lane > 0u || index >= ROWS * HEADS) { return; }
  let row = index / HEADS;
  let head = index % HEADS;
  delta[((row / T) * HEADS + head) * T + row % T] = sum;
}
