// Adds up the partial key and value gradients of attention/store-partial.wgsl, in one order. A thread takes one vec4.
// Needs attention/segment.wgsl and attention/add-gradient.wgsl. Constants: BATCH, PARTS.

@group(0) @binding(0) var<storage, read> partials: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dQkv: array<Stored>;

const WIDTH4 = QK4 + V4;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) place: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let size = BATCH * HEAD_COUNT * KEY_ROWS * WIDTH4;
  let index = (place.y * groups.x + place.x) * 64u + thread;
  if (index >= size) { return; }
  let d = index % WIDTH4;
  let row = (index / WIDTH4) % KEY_ROWS;
  let head = FIRST_HEAD + (index / (WIDTH4 * KEY_ROWS)) % HEAD_COUNT;
  let batch = index / (WIDTH4 * KEY_ROWS * HEAD_COUNT);
  let at = keyPosition(head, 0u, row);
  if (at >= T) { return; }
  var sum = vec4f();
  for (var part = 0u; part < PARTS; part++) { sum += partials[part * size + index]; }
  if (d < QK4) {
    addGradient(keyIndex(batch * T + at, head) + d, sum);
  } else {
    addGradient(valueIndex(batch * T + at, head) + d - QK4, sum);
  }
}
