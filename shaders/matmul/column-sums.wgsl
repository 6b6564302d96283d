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
  for (var eight = 0u; eight < ROWS_PART / 8u; eight++) {
    let first = group.y * ROWS_PART + eight * 8u;
    // Eight rows are on their way from memory together.
    var rows: array<vec4f, 8>;
    for (var r = 0u; r < 8u; r++) { // unrolled
      rows[r] = wide(dy[min(first + r, ROWS - 1u) * VECTORS + i]);
    }
    for (var r = 0u; r < 8u; r++) { // unrolled
      sum += select(vec4f(), rows[r], first + r < ROWS);
    }
  }
  partials[group.y * VECTORS + i] = sum;
}
