// Adds up partial sums of gradients in one order: of keys and values (BY_KEY), in PARTS parts; or of queries, as many as
// there are tiles of TILE rows before their own, PARTS at most. A thread takes one vec4.
// Needs attention/partials.wgsl and attention/add-gradient.wgsl.

@group(0) @binding(0) var<storage, read> partials: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dQkv: array<Stored>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * 64u + thread;
  if (index >= PARTIAL_SIZE) { return; }
  let d = index % PARTIAL_WIDTH4;
  let row = (index / PARTIAL_WIDTH4) % PARTIAL_ROWS;
  let run = index / (PARTIAL_WIDTH4 * PARTIAL_ROWS);
  let place = Place(run / HEAD_COUNT, FIRST_HEAD + run % HEAD_COUNT, 0u);
  let isValue = BY_KEY && d >= QK4;
  let kind = select(select(QUERY, KEY, BY_KEY), VALUE, isValue);
  let parts = select(min(PARTS, row / TILE), PARTS, BY_KEY);
  if (parts == 0u || !rowInside(kind, place, row)) { return; }
  var sum = vec4f();
  for (var part = 0u; part < parts; part++) { sum += partials[part * PARTIAL_SIZE + index]; }
  addGradient(rowIndex(kind, place, row) + d - select(0u, QK4, isValue), sum);
}
