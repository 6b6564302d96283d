// The input row of the byte about to be made: x[s] = E[last byte] + position tables, or the start vector at
// position 0. A workgroup takes a sample. Constants as in embedding/forward.wgsl, with T and WIDTH.

struct State { position: u32 }

@group(0) @binding(0) var<storage, read> state: State;
@group(0) @binding(1) var<storage, read> tokens: array<u32>;        // [S, T]
@group(0) @binding(2) var<storage, read> parameters: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> x: array<vec4f>;     // [S, WIDTH]

const VECTORS = WIDTH / 4u;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sample = group.x;
  let t = state.position;
  for (var d = thread; d < VECTORS; d += 64u) {
    var sum = parameters[START_OFFSET / 4u + d];
    if (t > 0u) {
      let p = t - 1u;
      sum = parameters[TOKEN_OFFSET / 4u + tokens[sample * T + p] * VECTORS + d];
      sum += parameters[TABLE0_OFFSET / 4u + ((p / DIVISOR0) % MODULUS0) * VECTORS + d];
      sum += parameters[TABLE1_OFFSET / 4u + ((p / DIVISOR1) % MODULUS1) * VECTORS + d];
      if (TABLES == 3u) { sum += parameters[TABLE2_OFFSET / 4u + ((p / DIVISOR2) % MODULUS2) * VECTORS + d]; }
    }
    x[sample * VECTORS + d] = sum;
  }
}
