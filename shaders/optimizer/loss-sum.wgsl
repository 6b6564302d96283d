// lossSum += the sum of a micro-batch's losses, in one order. One workgroup. Constants: ROWS, THREADS.

@group(0) @binding(0) var<storage, read> losses: array<f32>;
@group(0) @binding(1) var<storage, read_write> lossSum: array<f32>;

var<workgroup> scratch: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < ROWS; i += THREADS) { sum += losses[i]; }
  scratch[thread] = sum;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width = width / 2u) {
    if (thread < width) { scratch[thread] += scratch[thread + width]; }
    workgroupBarrier();
  }
  if (thread == 0u) { lossSum[0] += scratch[0]; }
}
