// lossSum += the sum of a micro-batch's losses, in one order. One workgroup of 256 threads. Constant: ROWS.

@group(0) @binding(0) var<storage, read> losses: array<f32>;
@group(0) @binding(1) var<storage, read_write> lossSum: array<f32>;

var<workgroup> scratch: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < ROWS; i += 256u) { sum += losses[i]; }
  scratch[thread] = sum;
  workgroupBarrier();
  for (var width = 128u; width > 0u; width = width / 2u) {
    if (thread < width) { scratch[thread] += scratch[thread + width]; }
    workgroupBarrier();
  }
  if (thread == 0u) { lossSum[0] += scratch[0]; }
}
