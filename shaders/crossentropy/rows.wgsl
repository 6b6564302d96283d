// What crossentropy/forward-backward.wgsl computes, where an adapter computes on a CPU: a thread takes a row, and none
// waits for others.

@group(0) @binding(0) var<storage, read> tokens: array<u32>;        // [ROWS] bytes, four to a word
@group(0) @binding(1) var<storage, read_write> logits: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> losses: array<f32>;

const VECTORS = VOCAB / 4u;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = (group.y * groups.x + group.x) * 64u + thread;
  if (row >= ROWS) { return; }
  let base = row * VECTORS;
  var high = vec4f(-1e30);
  for (var i = 0u; i < VECTORS; i++) { high = max(high, logits[base + i]); }
  let highest = max(max(high.x, high.y), max(high.z, high.w));
  var sum = vec4f();
  for (var i = 0u; i < VECTORS; i++) { sum += exp(logits[base + i] - highest); }
  let total = dot(sum, vec4f(1.0));
  let token = (tokens[row / 4u] >> ((row % 4u) * 8u)) & 255u;
  losses[row] = highest + log(total) - logits[base + token / 4u][token % 4u];
  if (GRADIENT) {
    for (var i = 0u; i < VECTORS; i++) {
      let target_ = select(vec4f(), vec4f(1.0), vec4u(0u, 1u, 2u, 3u) + i * 4u == vec4u(token));
      storeGradient(base + i, (exp(logits[base + i] - highest) / total - target_) * SCALE);
    }
  }
}
