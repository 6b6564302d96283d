// finish(sample, column, norm(x[sample]) W + b), for BATCH samples at a time, which share the reading of the weights: that
// is all there is to it.
//
// A workgroup takes QUADS vec4s of columns of BATCH samples; THREADS / QUADS threads share a column, each
// summing its share of the rows of W. Few columns a workgroup spread the reading of W over the whole GPU.
// NORM: x passes through a layer norm first, whose statistics each workgroup takes itself.
// Constants: SAMPLES, BATCH (1 to 4), K, N, THREADS and QUADS (powers of two), NORM, NORM_STRIDE, EPS (f32). An epilogue
// file supplies finish; `bias` is zeros where there is none.

@group(0) @binding(0) var<storage, read> input: array<vec4f>;       // [S, K]
@group(0) @binding(1) var<storage, read> norm: array<vec4f>;        // gain [K], and its bias NORM_STRIDE further
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;      // [K, N]
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;

const K4 = K / 4u;
const N4 = N / 4u;
const SHARES = THREADS / QUADS;
const K_TURNS = (K4 + SHARES - 1u) / SHARES;
const NORM_TURNS = (K4 + THREADS - 1u) / THREADS;
var<workgroup> sums: array<vec4f, BATCH * THREADS>;

// The sum over all threads, one sample a component.
fn total(thread: u32, value: vec4f) -> vec4f {
  sums[thread] = value;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width = width / 2u) {
    if (thread < width) { sums[thread] += sums[thread + width]; }
    workgroupBarrier();
  }
  let result = sums[0];
  workgroupBarrier();
  return result;
}

// The row of the input of the batch's b-th sample; past the last sample, that of the last one, which nobody finishes.
fn rowOf(group: u32, b: u32) -> u32 {
  return min(group * BATCH + b, SAMPLES - 1u) * K4;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  var mean = vec4f();
  var rstd = vec4f(1.0);
  if (NORM) {
    var sum = vec4f();
    for (var turn = 0u; turn < NORM_TURNS; turn++) {
      let i = turn * THREADS + thread;
      if (i < K4) {
        for (var b = 0u; b < BATCH; b++) { // unrolled
          sum[b] += dot(input[rowOf(group.y, b) + i], vec4f(1.0));
        }
      }
    }
    mean = total(thread, sum) / f32(K);
    sum = vec4f();
    for (var turn = 0u; turn < NORM_TURNS; turn++) {
      let i = turn * THREADS + thread;
      if (i < K4) {
        for (var b = 0u; b < BATCH; b++) { // unrolled
          let centred = input[rowOf(group.y, b) + i] - mean[b];
          sum[b] += dot(centred, centred);
        }
      }
    }
    rstd = inverseSqrt(total(thread, sum) / f32(K) + EPS);
  }
  let column = group.x * QUADS + thread % QUADS;
  let share = thread / QUADS;
  var acc: array<vec4f, BATCH>;
  for (var turn = 0u; turn < K_TURNS; turn++) {
    let k = turn * SHARES + share;
    if (k < K4 && column < N4) {
      let w0 = weight[(k * 4u) * N4 + column];
      let w1 = weight[(k * 4u + 1u) * N4 + column];
      let w2 = weight[(k * 4u + 2u) * N4 + column];
      let w3 = weight[(k * 4u + 3u) * N4 + column];
      for (var b = 0u; b < BATCH; b++) { // unrolled
        var value = input[rowOf(group.y, b) + k];
        if (NORM) { value = (value - mean[b]) * rstd[b] * norm[k] + norm[NORM_STRIDE / 4u + k]; }
        acc[b] += value.x * w0 + value.y * w1 + value.z * w2 + value.w * w3;
      }
    }
  }
  for (var b = 0u; b < BATCH; b++) { // unrolled
    sums[b * THREADS + thread] = acc[b];
  }
  workgroupBarrier();
  for (var width = THREADS / 2u; width >= QUADS; width = width / 2u) {
    if (thread < width) {
      for (var b = 0u; b < BATCH; b++) { // unrolled
        sums[b * THREADS + thread] += sums[b * THREADS + thread + width];
      }
    }
    workgroupBarrier();
  }
  // One thread a sample and column.
  let b = thread / QUADS;
  let sample = group.y * BATCH + b;
  if (b < BATCH && sample < SAMPLES && column < N4) {
    finish(sample, column, bias[column] + sums[b * THREADS + thread % QUADS]);
  }
}
