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
  // Eight rows at a time, so that they are on their way from memory together.
  for (var first = 0u; first < ROWS_PART; first += 8u) {
    for (var offset = 0u; offset < 8u; offset++) { // unrolled
      let row = group.y * ROWS_PART + first + offset;
      if (ROWS % ROWS_PART == 0u || row < ROWS) {
        let stats = statistics[row];
        let g = wide(dy[row * VECTORS + i]);
        gain += g * (x[row * VECTORS + i] - stats.x) * stats.y;
        bias += g;
      }
    }
  }
  partials[group.y * 2u * VECTORS + i] = gain;
  partials[group.y * 2u * VECTORS + VECTORS + i] = bias;
}
