// Partial sums for the step's metrics: partials[workgroup] = (sum of squares of the gradient, non-finite elements).
// A workgroup sums every GROUPS-th run of THREADS vec4s. Constants: SIZE (elements), GROUPS, THREADS.

@group(0) @binding(0) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> partials: array<vec2f>;

const VECTORS = SIZE / 4u;
const TURNS = (VECTORS + GROUPS * THREADS - 1u) / (GROUPS * THREADS);
var<workgroup> scratch: array<vec2f, THREADS>;

// By bits, since a compiler may assume that no value is infinite or NaN.
fn notFinite(x: vec4f) -> f32 {
  let exponent = bitcast<vec4u>(x) & vec4u(0x7f800000u);
  return select(0.0, 1.0, any(exponent == vec4u(0x7f800000u)));
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  var sum = vec2f();
  for (var turn = 0u; turn < TURNS; turn++) {
    let i = (turn * GROUPS + group.x) * THREADS + thread;
    if (i >= VECTORS) { break; }
    let g = gradients[i];
    sum += vec2f(dot(g, g), notFinite(g));
  }
  scratch[thread] = sum;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width = width / 2u) {
    if (thread < width) { scratch[thread] += scratch[thread + width]; }
    workgroupBarrier();
  }
  if (thread == 0u) { partials[group.x] = scratch[0]; }
}
