// The input row of the byte about to be made: E[last byte] + position tables, or the start vector at position 0.
// Constants as in embedding/forward.wgsl, with WIDTH.

@group(0) @binding(0) var<storage, read> parameters: array<vec4f>;

const VECTORS = WIDTH / 4u;

// The d-th vec4 of the row that makes the byte at `position`, behind the byte `last`.
fn inputRow(d: u32, position: u32, last: u32) -> vec4f {
  if (position == 0u) { return parameters[START_OFFSET / 4u + d]; }
  let p = position - 1u;
  var sum = parameters[TOKEN_OFFSET / 4u + last * VECTORS + d];
  sum += parameters[TABLE0_OFFSET / 4u + ((p / DIVISOR0) % MODULUS0) * VECTORS + d];
  sum += parameters[TABLE1_OFFSET / 4u + ((p / DIVISOR1) % MODULUS1) * VECTORS + d];
  if (TABLES == 3u) { sum += parameters[TABLE2_OFFSET / 4u + ((p / DIVISOR2) % MODULUS2) * VECTORS + d]; }
  return sum;
}
