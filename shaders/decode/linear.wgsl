// finish(sample, column, norm(x[sample]) W + b): one row at a time, so the weights are all there is to read.
//
// A workgroup of 256 threads takes 16 vec4s of columns of one sample; 16 threads share a column and sum every
// 16th row of W. NORM: x passes through a layer norm first, whose statistics each workgroup takes itself.
// Constants: K, N, NORM, EPS (f32). An epilogue file supplies finish; `bias` is zeros where there is none.

@group(0) @binding(0) var<storage, read> input: array<vec4f>;       // [S, K]
@group(0) @binding(1) var<storage, read> gain: array<vec4f>;
@group(0) @binding(2) var<storage, read> normBias: array<vec4f>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;      // [K, N]
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;

const K4 = K / 4u;
const N4 = N / 4u;
const K_TURNS = (K4 + 15u) / 16u;
const NORM_TURNS = (K4 + 255u) / 256u;
var<workgroup> sums: array<vec4f, 256>;
var<workgroup> scratch: array<f32, 256>;

fn total(thread: u32, value: f32) -> f32 {
  scratch[thread] = value;
  workgroupBarrier();
  for (var width = 128u; width > 0u; width = width / 2u) {
    if (thread < width) { scratch[thread] += scratch[thread + width]; }
    workgroupBarrier();
  }
  let result = scratch[0];
  workgroupBarrier();
  return result;
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sample = group.y;
  var mean = 0.0;
  var rstd = 1.0;
  if (NORM) {
    var sum = 0.0;
    for (var turn = 0u; turn < NORM_TURNS; turn++) {
      let i = turn * 256u + thread;
      if (i < K4) { sum += dot(input[sample * K4 + i], vec4f(1.0)); }
    }
    mean = total(thread, sum) / f32(K);
    sum = 0.0;
    for (var turn = 0u; turn < NORM_TURNS; turn++) {
      let i = turn * 256u + thread;
      if (i < K4) {
        let centred = input[sample * K4 + i] - mean;
        sum += dot(centred, centred);
      }
    }
    rstd = inverseSqrt(total(thread, sum) / f32(K) + EPS);
  }
  let column = group.x * 16u + thread % 16u;
  let part = thread / 16u;
  var acc = vec4f();
  for (var turn = 0u; turn < K_TURNS; turn++) {
    let k = turn * 16u + part;
    if (k < K4 && column < N4) {
      var value = input[sample * K4 + k];
      if (NORM) { value = (value - mean) * rstd * gain[k] + normBias[k]; }
      acc += value.x * weight[(k * 4u) * N4 + column] + value.y * weight[(k * 4u + 1u) * N4 + column]
        + value.z * weight[(k * 4u + 2u) * N4 + column] + value.w * weight[(k * 4u + 3u) * N4 + column];
    }
  }
  sums[thread] = acc;
  workgroupBarrier();
  if (part != 0u || column >= N4) { return; }
  var result = bias[column];
  for (var other = 0u; other < 16u; other++) { result += sums[other * 16u + thread]; }
  finish(sample, column, result);
}
