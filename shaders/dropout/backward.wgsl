// out = the gradient of a dropped-out branch: value * (kept ? 1 / (1 - DROPOUT) : 0), with the forward pass's draw.
// A thread takes one vec4. Constants: SIZE (elements), and those of common/dropout.wgsl, which it needs, as it does common/full.wgsl or
// packed.wgsl.

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<Stored>;
@group(0) @binding(2) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + thread;
  if (i >= SIZE / 4u) { return; }
  out[i] = narrow(dropout(dy[i], i * 4u));
}
