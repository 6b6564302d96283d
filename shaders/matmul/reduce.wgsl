// gradient += the sum of partial results, in a fixed order: [PARTS][BLOCKS * SIZE] to BLOCKS runs of SIZE
// elements that begin GRADIENT_STRIDE apart. SHARE threads sum one vec4, each every SHARE-th part of it.

@group(0) @binding(0) var<storage, read> partials: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> gradient: array<vec4f>;

const VECTORS = BLOCKS * SIZE / 4u;
// Vectors of a workgroup.
const WIDTH = 64u / SHARE;

var<workgroup> shares: array<vec4f, select(1u, 64u, SHARE > 1u)>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (group.y * groups.x + group.x) * WIDTH + thread % WIDTH;
  let share = thread / WIDTH;
  var sum = vec4f();
  if (index < VECTORS) {
    for (var part = share; part < PARTS; part += SHARE) {
      sum += partials[part * VECTORS + index];
    }
  }
  if (SHARE > 1u) {
    shares[thread % 64u] = sum;
    workgroupBarrier();
    for (var other = 1u; other < SHARE; other++) {
      sum += shares[(other * WIDTH + thread) % 64u];
    }
  }
  if (share > 0u || index >= VECTORS) { return; }
  let block = index / (SIZE / 4u);
  gradient[block * (GRADIENT_STRIDE / 4u) + index % (SIZE / 4u)] += sum;
}
