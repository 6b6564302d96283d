// gradient += the sum of partial results, in a fixed order: [PARTS][BLOCKS * SIZE] to BLOCKS runs of SIZE
// elements that begin GRADIENT_STRIDE apart. A thread sums one vec4.

@group(0) @binding(0) var<storage, read> partials: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> gradient: array<vec4f>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (group.y * groups.x + group.x) * 64u + thread;
  if (index >= BLOCKS * SIZE / 4u) { return; }
  var sum = vec4f();
  for (var part = 0u; part < PARTS; part++) {
    sum += partials[part * (BLOCKS * SIZE / 4u) + index];
  }
  let block = index / (SIZE / 4u);
  gradient[block * (GRADIENT_STRIDE / 4u) + index % (SIZE / 4u)] += sum;
}
