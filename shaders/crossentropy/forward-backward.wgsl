// losses[row] = log-sum-exp(logits) - logits[target], in nats; with GRADIENT also the gradient of the logits,
// (softmax - onehot) * SCALE, which a file that supplies  storeGradient(index, value)  puts where it belongs. A workgroup of 64 threads takes a row, a thread VOCAB / 64 logits.
// Constants: ROWS, VOCAB (a multiple of 4, at most 256), GRADIENT, SCALE (f32: 1 / bytes of the whole step).

@group(0) @binding(0) var<storage, read> tokens: array<u32>;        // [ROWS] bytes, four to a word
@group(0) @binding(1) var<storage, read_write> logits: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> losses: array<f32>;

const VECTORS = VOCAB / 4u;
var<workgroup> scratch: array<f32, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= ROWS) { return; }
  let used = thread < VECTORS;
  var values = vec4f(-1e30);
  if (used) { values = logits[row * VECTORS + thread]; }
  scratch[thread] = max(max(values.x, values.y), max(values.z, values.w));
  workgroupBarrier();
  for (var width = 32u; width > 0u; width = width / 2u) {
    if (thread < width) { scratch[thread] = max(scratch[thread], scratch[thread + width]); }
    workgroupBarrier();
  }
  let highest = scratch[0];
  workgroupBarrier();
  let weights = exp(values - highest);
  scratch[thread] = select(0.0, dot(weights, vec4f(1.0)), used);
  workgroupBarrier();
  for (var width = 32u; width > 0u; width = width / 2u) {
    if (thread < width) { scratch[thread] += scratch[thread + width]; }
    workgroupBarrier();
  }
  let total = scratch[0];
  let token = (tokens[row / 4u] >> ((row % 4u) * 8u)) & 255u;
  if (thread == token / 4u) { losses[row] = highest + log(total) - values[token % 4u]; }
  if (GRADIENT && used) {
    let target_ = select(vec4f(), vec4f(1.0), vec4u(0u, 1u, 2u, 3u) + thread * 4u == vec4u(token));
    storeGradient(row * VECTORS + thread, (weights / total - target_) * SCALE);
  }
}
