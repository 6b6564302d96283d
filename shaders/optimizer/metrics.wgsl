// Ends a step's gradient: its global norm, whether everything was finite, and the factor that clips it to
// step.clipNorm and takes the loss scale out. metrics = (mean loss, norm, state, factor), where state is 1 if the update
// is to be made, 0 if a step was not finite, -1 if the step is left out because float16 overflowed. The loss sum starts
// again from zero.
// halt stays 1 from the first step that was not finite until the host clears it: no later one is made either.
// lossScale = (scale, steps since it changed, last norm): with DYNAMIC, an overflow halves the scale, and GROW_AFTER
// steps without one double it (Micikevicius et al., arXiv:1710.03740, section 3.2). A step that is not finite at a scale
// of 1 has not overflowed, but diverged.
// One workgroup. Constants: GROUPS (partials), LOSSES (f32: bytes of the step), DYNAMIC, GROW_AFTER, THREADS.
// Needs common/step.wgsl.

@group(0) @binding(0) var<storage, read> partials: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> lossSum: array<f32>;
@group(0) @binding(2) var<storage, read_write> metrics: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> halt: array<u32>;
@group(0) @binding(4) var<storage, read_write> lossScale: array<vec4f>;
@group(0) @binding(5) var<uniform> step: Step;

var<workgroup> scratch: array<vec2f, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = vec2f();
  for (var i = thread; i < GROUPS; i += THREADS) { sum += partials[i]; }
  scratch[thread] = sum;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width = width / 2u) {
    if (thread < width) { scratch[thread] += scratch[thread + width]; }
    workgroupBarrier();
  }
  if (thread != 0u) { return; }
  let scale = lossScale[0].x;
  var norm = sqrt(scratch[0].x) / scale;
  let loss = lossSum[0] / LOSSES;
  let isFinite = (bitcast<vec2u>(vec2f(norm, loss)) & vec2u(0x7f800000u)) != vec2u(0x7f800000u);
  let finite = scratch[0].y == 0.0 && all(isFinite);
  let overflowed = DYNAMIC && !finite && isFinite.y && scale > 1.0;
  if (!finite && !overflowed) { halt[0] = 1u; }
  var state = select(1.0, 0.0, halt[0] != 0u);
  if (DYNAMIC && state == 1.0) {
    if (overflowed) {
      state = -1.0;
      norm = lossScale[0].z;
      lossScale[0] = vec4f(max(1.0, scale / 2.0), 0.0, norm, 0.0);
    } else if (lossScale[0].y + 1.0 >= GROW_AFTER) {
      lossScale[0] = vec4f(min(scale * 2.0, 16777216.0), 0.0, norm, 0.0);
    } else {
      lossScale[0] = vec4f(scale, lossScale[0].y + 1.0, norm, 0.0);
    }
  }
  metrics[0] = vec4f(loss, norm, state, min(1.0, step.clipNorm / max(norm, 1e-30)) / scale);
  lossSum[0] = 0.0;
}
