// Partial sums over rows for a bias gradient: partials[part][column] over ROWS_PART rows of dy [ROWS, WIDTH],
// to be added up by matmul/reduce.wgsl. A thread sums one vec4 of columns.
// Constants: ROWS, WIDTH, ROWS_PART (divides by 8). Needs common/full.wgsl or packed.wgsl.

@group(0) @binding(0) var<storage, read> dy: array<Stored>;
@group(0) @binding(1) var<storage, read_write> partials: array<vec4f>;

const VECTORS = WIDTH / 4u;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = group.x * 64u + thread;
  if (i >= VECTORS) { return; }
  var sum = vec4f();
  // Eight rows at a time, so that they are on their way from memory together.
  for (var first = 0u; first < ROWS_PART; first += 8u) {
    for (var offset = 0u; offset < 8u; offset++) { // unrolled
      let row = group.y * ROWS_PART + first + offset;
      if (ROWS % ROWS_PART == 0u || row < ROWS) { sum += wide(dy[row * VECTORS + i]); }
    }
  }
  partials[group.y * VECTORS + i] = sum;
}
