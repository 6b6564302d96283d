// Adds the shares of attention/share-apart.wgsl to the gradients of the queries, in one order. A thread takes one vec4.
// Needs attention/segment.wgsl and attention/add-gradient.wgsl. Constants: BATCH, SHARES, TILE (rows of a tile of keys).

@group(0) @binding(0) var<storage, read> partials: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dQkv: array<Stored>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) place: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let size = BATCH * HEAD_COUNT * QUERY_ROWS * QK4;
  let index = (place.y * groups.x + place.x) * 64u + thread;
  if (index >= size) { return; }
  let d = index % QK4;
  let row = (index / QK4) % QUERY_ROWS;
  let head = FIRST_HEAD + (index / (QK4 * QUERY_ROWS)) % HEAD_COUNT;
  let batch = index / (QK4 * QUERY_ROWS * HEAD_COUNT);
  // Rows near the beginning have fewer tiles before their own.
  let others = min(SHARES - 1u, row / TILE);
  if (others == 0u) { return; }
  var sum = vec4f();
  for (var share = 0u; share < others; share++) { sum += partials[share * size + index]; }
  putGradient(queryIndex(batch * T + queryPosition(0u, row), head) + d, sum, true);
}
