// Partial gradients of the token embedding: partials[part][byte] = sum of dx over the rows whose input is that byte,
// among the part's bytes, to be added up by matmul/reduce.wgsl. Gathering, byte by byte, needs no atomics and has one
// order.
//
// A workgroup takes one byte and looks for it among ROWS_PART bytes, a word of four at a time; a thread takes one vec4
// of features at a time. Constants: ROWS (B * T), T, WIDTH, ROWS_PART (divides by 4), VOCAB.

@group(0) @binding(0) var<storage, read> tokens: array<u32>;        // [B * T] bytes, four to a word
@group(0) @binding(1) var<storage, read> dx: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec4f>;

const VECTORS = WIDTH / 4u;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let byte = group.x;
  for (var d = thread; d < VECTORS; d += 64u) {
    var sum = vec4f();
    for (var offset = 0u; offset < ROWS_PART / 4u; offset++) {
      let word = group.y * (ROWS_PART / 4u) + offset;
      if (4u * word >= ROWS) { break; }
      // A byte of the word that is the one looked for is a zero in `other`; whether there is any zero, one test tells.
      let other = tokens[word] ^ (byte * 0x01010101u);
      if (((other - 0x01010101u) & ~other & 0x80808080u) == 0u) { continue; }
      for (var place = 0u; place < 4u; place++) {
        // A byte is the input of the row behind it; the first row of a window has none.
        let row = 4u * word + place + 1u;
        let found = ((other >> (8u * place)) & 255u) == 0u;
        if (found && row < ROWS && row % T != 0u) { sum += dx[row * VECTORS + d]; }
      }
    }
    partials[(group.y * VOCAB + byte) * VECTORS + d] = sum;
  }
}
