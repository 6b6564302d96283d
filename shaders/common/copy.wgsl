// out = values, float32, as activations are stored: the working copy of the weights, or of a gradient. A thread takes
// one vec4. Constant: SIZE (elements). Needs common/full.wgsl or packed.wgsl.

@group(0) @binding(0) var<storage, read> values: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<Stored>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + thread;
  if (i < SIZE / 4u) { out[i] = narrow(values[i]); }
}
