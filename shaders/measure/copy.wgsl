// out = input [SIZE] vec4s: the yardstick of memory bandwidth.
// Workgroup x + y * grid: 256 vec4s; a thread one.

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(256)
fn main(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) place: vec3u,
  @builtin(num_workgroups) grid: vec3u,
) {
  let i = (place.y * grid.x + place.x) * 256u + thread;
  if (i < SIZE) { out[i] = input[i]; }
}
