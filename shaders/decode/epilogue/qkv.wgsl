// The query row goes to `query`, the key and value row to every region of the cache that keeps this position.
// Constants: D_QUERY (of all heads), SLOTS, REGIONS. Needs decode/regions.wgsl.

struct State { position: u32 }

@group(0) @binding(5) var<storage, read_write> query: array<vec4f>;   // [S, D_QUERY]
@group(0) @binding(6) var<storage, read_write> cache: array<vec4f>;   // [S, SLOTS, keys and values of all heads]
@group(0) @binding(7) var<storage, read> state: State;
@group(0) @binding(8) var<storage, read> regions: array<Region>;

const QUERY4 = D_QUERY / 4u;

fn finish(sample: u32, column: u32, value: vec4f) {
  if (column < QUERY4) {
    query[sample * QUERY4 + column] = value;
    return;
  }
  for (var i = 0u; i < REGIONS; i++) {
    let region = regions[i];
    if (keeps(region, state.position)) {
      cache[(sample * SLOTS + slotOf(region, state.position)) * (N4 - QUERY4) + column - QUERY4] = value;
    }
  }
}
