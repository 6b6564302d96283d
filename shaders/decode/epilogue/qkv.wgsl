// The query row goes to `query`, the key and value row to every region of the cache that keeps this position.
// Constants: D_QUERY (of all heads), SLOTS. Needs decode/tables.wgsl.

@group(0) @binding(5) var<storage, read_write> query: array<vec4f>;   // [S, D_QUERY]
@group(0) @binding(6) var<storage, read_write> cache: array<vec4f>;   // [S, SLOTS, keys and values of all heads]
@group(0) @binding(7) var<storage, read> state: array<u32>;          // position [S]
@group(0) @binding(8) var<storage, read> tables: Tables;

const QUERY4 = D_QUERY / 4u;

fn finish(sample: u32, column: u32, value: vec4f) {
  if (column < QUERY4) {
    query[sample * QUERY4 + column] = value;
    return;
  }
  let position = state[sample];
  for (var i = 0u; i < REGIONS; i++) {
    let region = tables.regions[i];
    if (keeps(region, position)) {
      cache[(sample * SLOTS + slotOf(region, position)) * (N4 - QUERY4) + column - QUERY4] = value;
    }
  }
}
