// Ends a step's gradient: its global norm, whether everything was finite, and the factor that clips it to
// step.clipNorm. metrics = (mean loss, norm, 1 if the update is to be made else 0, factor); the loss sum starts again from
// zero. halt stays 1 from the first step that was not finite until the host clears it: no later one is made either.
// One workgroup of 256 threads. Constants: GROUPS (partials), LOSSES (f32: bytes of the step).
// Needs common/step.wgsl.

@group(0) @binding(0) var<storage, read> partials: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> lossSum: array<f32>;
@group(0) @binding(2) var<storage, read_write> metrics: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> halt: array<u32>;
@group(0) @binding(4) var<uniform> step: Step;

var<workgroup> scratch: array<vec2f, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = vec2f();
  for (var i = thread; i < GROUPS; i += 256u) { sum += partials[i]; }
  scratch[thread] = sum;
  workgroupBarrier();
  for (var width = 128u; width > 0u; width = width / 2u) {
    if (thread < width) { scratch[thread] += scratch[thread + width]; }
    workgroupBarrier();
  }
  if (thread != 0u) { return; }
  let norm = sqrt(scratch[0].x);
  let loss = lossSum[0] / LOSSES;
  let exponents = bitcast<vec2u>(vec2f(norm, loss)) & vec2u(0x7f800000u);
  let finite = scratch[0].y == 0.0 && all(exponents != vec2u(0x7f800000u));
  if (!finite) { halt[0] = 1u; }
  metrics[0] = vec4f(loss, norm, select(1.0, 0.0, halt[0] != 0u), min(1.0, step.clipNorm / max(norm, 1e-30)));
  lossSum[0] = 0.0;
}
