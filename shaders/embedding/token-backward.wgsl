// Partial gradients of the token embedding: partials[part][byte] = sum of dx over the part's rows whose input is
// that byte, to be added up by matmul/reduce.wgsl. Gathering, byte by byte, needs no atomics and has one order.
//
// A workgroup takes one byte and ROWS_PART rows, a thread one vec4 of features at a time.
// Constants: ROWS (B * T), T, WIDTH, ROWS_PART, VOCAB.

@group(0) @binding(0) var<storage, read> tokens: array<u32>;        // [B * T] bytes, four to a word
@group(0) @binding(1) var<storage, read> dx: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec4f>;

const VECTORS = WIDTH / 4u;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let byte = group.x;
  for (var d = thread; d < VECTORS; d += 64u) {
    var sum = vec4f();
    for (var offset = 0u; offset < ROWS_PART; offset++) {
      let row = group.y * ROWS_PART + offset;
      if (row >= ROWS) { break; }
      if (row % T == 0u) { continue; }
      let token = (tokens[(row - 1u) / 4u] >> (((row - 1u) % 4u) * 8u)) & 255u;
      if (token == byte) { sum += dx[row * VECTORS + d]; }
    }
    partials[(group.y * VOCAB + byte) * VECTORS + d] = sum;
  }
}
