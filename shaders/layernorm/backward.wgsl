// dx += rstd * (g - mean(g) - xhat * mean(g * xhat)) with g = dy * gain, xhat = (x - mean) * rstd:
// the layer norm's gradient joins the one that flows past it along the residual, or, without ADD, is the first.
//
// LANES threads share a row, 64 / LANES rows a workgroup. Constants: ROWS, WIDTH, LANES, ADD. Needs
// common/full.wgsl or packed.wgsl.

@group(0) @binding(0) var<storage, read> dy: array<Stored>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(3) var<storage, read> gain: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dx: array<vec4f>;

const VECTORS = WIDTH / 4u;
const TURNS = (VECTORS + LANES - 1u) / LANES;
var<workgroup> shared_: array<vec2f, 64>;

fn sumLanes(thread: u32, value: vec2f) -> vec2f {
  shared_[thread] = value;
  workgroupBarrier();
  for (var level = 1u; level < LANES; level = level * 2u) {
    let other = thread ^ level;
    let pair = shared_[thread] + shared_[other % 64u];
    workgroupBarrier();
    shared_[thread] = pair;
    workgroupBarrier();
  }
  return shared_[thread];
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
  let stats = statistics[min(row, ROWS - 1u)];
  var sums = vec2f();
  for (var turn = 0u; turn < TURNS; turn++) {
    let i = turn * LANES + lane;
    if (inside && i < VECTORS) {
      let g = wide(dy[base + i]) * gain[i];
      let xhat = (x[base + i] - stats.x) * stats.y;
      sums += vec2f(dot(g, vec4f(1.0)), dot(g, xhat));
    }
  }
  let means = sumLanes(thread, sums) / f32(WIDTH);
  if (!inside) { return; }
  for (var turn = 0u; turn < TURNS; turn++) {
    let i = turn * LANES + lane;
    if (i < VECTORS) {
      let g = wide(dy[base + i]) * gain[i];
      let xhat = (x[base + i] - stats.x) * stats.y;
      var result = stats.y * (g - means.x - xhat * means.y);
      if (ADD) { result += dx[base + i]; }
      dx[base + i] = result;
    }
  }
}
