// Partial column sums for the gain and bias gradients: partials[part] = (sum dy * xhat, sum dy) over the part's
// rows, to be added up by matmul/reduce.wgsl. A thread sums one vec4 of columns over ROWS_PART rows.
// Constants: ROWS, WIDTH, ROWS_PART (divides by 8). Needs common/full.wgsl or packed.wgsl.

@group(0) @binding(0) var<storage, read> dy: array<Stored>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> partials: array<vec4f>;

const VECTORS = WIDTH / 4u;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = group.x * 64u + thread;
  if (i >= VECTORS) { return; }
  var gain = vec4f();
  var bias = vec4f();
  for (var eight = 0u; eight < ROWS_PART / 8u; eight++) {
    let first = group.y * ROWS_PART + eight * 8u;
    // Eight rows are on their way from memory together.
    var stats: array<vec2f, 8>;
    var gradients: array<vec4f, 8>;
    var inputs: array<vec4f, 8>;
    for (var r = 0u; r < 8u; r++) { // unrolled
      let row = min(first + r, ROWS - 1u);
      stats[r] = statistics[row];
      gradients[r] = wide(dy[row * VECTORS + i]);
      inputs[r] = x[row * VECTORS + i];
    }
    for (var r = 0u; r < 8u; r++) { // unrolled
      let g = select(vec4f(), gradients[r], first + r < ROWS);
      gain += g * (inputs[r] - stats[r].x) * stats[r].y;
      bias += g;
    }
  }
  partials[group.y * 2u * VECTORS + i] = gain;
  partials[group.y * 2u * VECTORS + VECTORS + i] = bias;
}
