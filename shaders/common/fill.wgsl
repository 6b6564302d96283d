// Sets SIZE elements to zero. A thread takes one vec4.

@group(0) @binding(0) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + thread;
  if (i < SIZE / 4u) { out[i] = vec4f(); }
}
