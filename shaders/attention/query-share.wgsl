// What a tile of own keys adds to the gradients of the queries that stream by: dq [64, features] += products^T [64, OWN]
// . keys [OWN, features], STEPS keys at a time. A file supplies  putShare: where it goes.
// Needs attention/tile.wgsl.
//
// Thread (tx, ty) holds vec4 tx of the features of rows ty + TY slot + 16 j.

const SLOTS = LANES / TY;
const SHARE_WIDTH = min(LANES, WIDEST);          // vec4s of features at a time
const SHARE_LOADS = (STEPS * SHARE_WIDTH + THREADS - 1u) / THREADS;
const SHARE_CHUNKS = OWN / STEPS;
const KEY_TURNS = (QK4 + LANES - 1u) / LANES;
const PIECES = min(4u, (QUERY_ROWS + LANES - 1u) / LANES); // of sixteen queries, that a tile may have

fn addQueryShare(products: ptr<function, array<vec4f, 4>>, place: Place, keys: Rows, queries: Rows, thread: u32) {
  let tx = thread % LANES;
  let ty = (thread / LANES) % TY;
  workgroupBarrier();
  for (var i = 0u; i < 4u; i++) { // unrolled
    let row = ty + TY * i;
    // Four places further in every row, against bank conflicts.
    stage[row * LANES + (tx + 4u * row) % LANES] = (*products)[i];
  }
  for (var turn = 0u; turn < KEY_TURNS; turn++) { // unrolled
    var sums: array<vec4f, 4u * SLOTS>;
    for (var chunk = 0u; chunk < SHARE_CHUNKS; chunk++) { // unrolled
      workgroupBarrier();
      for (var load = 0u; load < SHARE_LOADS; load++) { // unrolled
        let i = load * THREADS + thread % THREADS;
        if (i < STEPS * SHARE_WIDTH) {
          let row = keys.first + chunk * STEPS + i / SHARE_WIDTH;
          stage[OUTER_BASE + i] = fetchKey(place, row, keys.end, turn * LANES + i % SHARE_WIDTH);
        }
      }
      workgroupBarrier();
      for (var k = 0u; k < STEPS; k++) { // unrolled
        let row = chunk * STEPS + k;
        // Threads past the widest row take a feature that they do not store.
        let value = stage[OUTER_BASE + k * SHARE_WIDTH + tx % SHARE_WIDTH];
        for (var slot = 0u; slot < SLOTS; slot++) { // unrolled
          let p = stage[row * LANES + (ty + TY * slot + 4u * row) % LANES];
          for (var j = 0u; j < PIECES; j++) { // unrolled
            sums[slot * 4u + j] = fma(vec4f(p[j]), value, sums[slot * 4u + j]);
          }
        }
      }
    }
    let d = turn * LANES + tx;
    for (var slot = 0u; slot < SLOTS; slot++) { // unrolled
      for (var j = 0u; j < PIECES; j++) { // unrolled
        let query = queries.first + ty + TY * slot + 16u * j;
        if (queryInside(place.group, query) && d < QK4) {
          putShare(place, keys, queries, query, d, sums[slot * 4u + j]);
        }
      }
    }
  }
}
