// y = gain * (x - mean) * rstd + bias over rows of WIDTH; statistics[row] = (mean, rstd) for the backward pass.
//
// LANES threads share a row, 64 / LANES rows a workgroup. Variance is taken from centred values.
// Constants: ROWS, WIDTH, LANES, EPS (f32). Needs common/full.wgsl or packed.wgsl.

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> gain: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<Stored>;
@group(0) @binding(4) var<storage, read_write> statistics: array<vec2f>;

const VECTORS = WIDTH / 4u;
const TURNS = (VECTORS + LANES - 1u) / LANES;
var<workgroup> shared_: array<f32, 64>;

// The sum over the LANES threads of a row, given to each of them.
fn sumLanes(thread: u32, value: f32) -> f32 {
  shared_[thread] = value;
  workgroupBarrier();
  for (var level = 1u; level < LANES; level = level * 2u) {
    let other = thread ^ level;
    let pair = shared_[thread] + shared_[other % 64u];
    workgroupBarrier();
    shared_[thread] = pair;
    workgroupBarrier();
  }
  let total = shared_[thread];
  workgroupBarrier();
  return total;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let lane = thread % LANES;
  let row = (group.y * groups.x + group.x) * (64u / LANES) + thread / LANES;
  let inside = row < ROWS;
  let base = row * VECTORS;
  var sum = 0.0;
  for (var turn = 0u; turn < TURNS; turn++) {
    let i = turn * LANES + lane;
    if (inside && i < VECTORS) { sum += dot(x[base + i], vec4f(1.0)); }
  }
  let mean = sumLanes(thread, sum) / f32(WIDTH);
  var squares = 0.0;
  for (var turn = 0u; turn < TURNS; turn++) {
    let i = turn * LANES + lane;
    if (inside && i < VECTORS) {
      let centred = x[base + i] - mean;
      squares += dot(centred, centred);
    }
  }
  let rstd = inverseSqrt(sumLanes(thread, squares) / f32(WIDTH) + EPS);
  if (!inside) { return; }
  for (var turn = 0u; turn < TURNS; turn++) {
    let i = turn * LANES + lane;
    if (i < VECTORS) { y[base + i] = narrow((x[base + i] - mean) * rstd * gain[i] + bias[i]); }
  }
  if (lane == 0u) { statistics[row] = vec2f(mean, rstd); }
}
