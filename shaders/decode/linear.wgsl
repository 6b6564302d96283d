// finish(sample, column, norm(x[sample]) W + b): one row at a time, so the weights are all there is to read.
//
// A workgroup takes QUADS vec4s of columns of one sample; THREADS / QUADS threads share a column, each
// summing its share of the rows of W. Few columns a workgroup spread the reading of W over the whole GPU.
// NORM: x passes through a layer norm first, whose statistics each workgroup takes itself.
// Constants: K, N, THREADS and QUADS (powers of two), NORM, NORM_STRIDE, EPS (f32). An epilogue file supplies finish; `bias` is zeros where
// there is none.

@group(0) @binding(0) var<storage, read> input: array<vec4f>;       // [S, K]
@group(0) @binding(1) var<storage, read> norm: array<vec4f>;        // gain [K], and its bias NORM_STRIDE further
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;      // [K, N]
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;

const K4 = K / 4u;
const N4 = N / 4u;
const SHARES = THREADS / QUADS;
const K_TURNS = (K4 + SHARES - 1u) / SHARES;
const NORM_TURNS = (K4 + THREADS - 1u) / THREADS;
var<workgroup> sums: array<vec4f, THREADS>;
var<workgroup> scratch: array<f32, THREADS>;

fn total(thread: u32, value: f32) -> f32 {
  scratch[thread] = value;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width = width / 2u) {
    if (thread < width) { scratch[thread] += scratch[thread + width]; }
    workgroupBarrier();
  }
  let result = scratch[0];
  workgroupBarrier();
  return result;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sample = group.y;
  var mean = 0.0;
  var rstd = 1.0;
  if (NORM) {
    var sum = 0.0;
    for (var turn = 0u; turn < NORM_TURNS; turn++) {
      let i = turn * THREADS + thread;
      if (i < K4) { sum += dot(input[sample * K4 + i], vec4f(1.0)); }
    }
    mean = total(thread, sum) / f32(K);
    sum = 0.0;
    for (var turn = 0u; turn < NORM_TURNS; turn++) {
      let i = turn * THREADS + thread;
      if (i < K4) {
        let centred = input[sample * K4 + i] - mean;
        sum += dot(centred, centred);
      }
    }
    rstd = inverseSqrt(total(thread, sum) / f32(K) + EPS);
  }
  let column = group.x * QUADS + thread % QUADS;
  let share = thread / QUADS;
  var acc = vec4f();
  for (var turn = 0u; turn < K_TURNS; turn++) {
    let k = turn * SHARES + share;
    if (k < K4 && column < N4) {
      var value = input[sample * K4 + k];
      if (NORM) { value = (value - mean) * rstd * norm[k] + norm[NORM_STRIDE / 4u + k]; }
      acc += value.x * weight[(k * 4u) * N4 + column] + value.y * weight[(k * 4u + 1u) * N4 + column]
        + value.z * weight[(k * 4u + 2u) * N4 + column] + value.w * weight[(k * 4u + 3u) * N4 + column];
    }
  }
  sums[thread] = acc;
  workgroupBarrier();
  for (var width = THREADS / 2u; width >= QUADS; width = width / 2u) {
    if (thread < width) { sums[thread] += sums[thread + width]; }
    workgroupBarrier();
  }
  if (thread < QUADS && column < N4) { finish(sample, column, bias[column] + sums[thread]); }
}
