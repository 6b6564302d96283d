// Gradients of the keys and values over one segment, on tiles: what backward-key-rows.wgsl computes, for GPUs. With
// p = e^(q.k / sqrt(D_QK) - lse): dv += p dO, dk += p (dO.v - delta) q / sqrt(D_QK).
// Needs attention/place.wgsl and attention/tile.wgsl.
//
// A workgroup owns OWN key rows of one group; the queries that see any of them stream by. No other workgroup writes
// these keys in this dispatch, so the sums have one order.
// Where keys are few and seen by many queries (summary cells), the queries are split into PARTS: each workgroup takes
// every PARTS-th tile of them. A store file supplies  storeGradient: into the gradient, or into partial sums.
// Gradients of queries may be made with them: a file supplies  addQueryShare: what a tile of keys adds to those, or
// nothing. Where there are enough groups, a workgroup makes the key tiles of one in turn.
// Workgroup (x, y, z): head of the run + HEAD_COUNT * batch, group + GROUPS * part, EACH key tiles of a group.

@group(0) @binding(0) var<storage, read> qkv: array<Stored>;
@group(0) @binding(1) var<storage, read> dO: array<Stored>;          // [B * T, HEADS * D_V]
@group(0) @binding(2) var<storage, read> lse: array<f32>;            // [B, HEADS, T]
@group(0) @binding(3) var<storage, read> delta: array<f32>;          // [B, HEADS, T]

const QUERY_TILES = (QUERY_ROWS + STREAM * PARTS - 1u) / (STREAM * PARTS);

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) index: u32) {
  let thread = threadOf(index);
  let id = workgroup + origin.xyz;
  let place = Place(id.x / HEAD_COUNT, FIRST_HEAD + id.x % HEAD_COUNT, id.y % GROUPS);
  for (var turn = 0u; turn < EACH; turn++) {
    let firstRow = (id.z * EACH + turn) * OWN;
    if (!rowInside(KEY, place, firstRow)) { break; }
    keyTile(place, id.y / GROUPS, firstRow, thread);
    // The next tile adds to what other threads wrote.
    if (EACH > 1u) { storageBarrier(); }
  }
}

fn keyTile(place: Place, part: u32, firstRow: u32, thread: u32) {
  let tx = thread % LANES;
  let ty = thread / LANES;

  var seeing: array<vec2u, 4>;
  for (var i = 0u; i < 4u; i++) { // unrolled
    let row = firstRow + ty + TY * i;
    if (rowInside(KEY, place, row)) { seeing[i] = queryRange(place.head, row); }
  }
  let firstQuery = queryRange(place.head, firstRow).x;
  let endQuery = min(QUERY_ROWS, queryRange(place.head, min(firstRow + OWN, KEY_ROWS) - 1u).y);

  var dk: array<vec4f, 4u * TURNS>;
  var dv: array<vec4f, 4u * TURNS>;
  let keys = Rows(KEY, firstRow, KEY_ROWS);
  let values = Rows(VALUE, firstRow, KEY_ROWS);
  var loads = fetchDots(place, keys, Rows(QUERY, firstQuery + part * STREAM, endQuery), 0u, thread);
  for (var tile = 0u; tile < QUERY_TILES; tile++) {
    let tileStart = firstQuery + (tile * PARTS + part) * STREAM;
    if (tileStart >= endQuery) { break; }
    // scores and products of own keys with streamed queries: [key, query]
    let queries = Rows(QUERY, tileStart, endQuery);
    let gradients = Rows(GRADIENT, tileStart, endQuery);
    var scores = array<vec4f, 4>();
    addDots(&scores, &loads, place, keys, queries, values, gradients, thread);
    var streamed = fetchOuters(place, gradients, thread);
    var products = array<vec4f, 4>();
    let next = Rows(QUERY, tileStart + PARTS * STREAM, endQuery);
    addDots(&products, &loads, place, values, gradients, keys, next, thread);

    let query = vec4u(tx, tx + 16u, tx + 32u, tx + 48u) + tileStart;
    var queryLse = vec4f();
    var queryDelta = vec4f();
    var inside = vec4<bool>();
    for (var j = 0u; j < 4u; j++) { // unrolled
      inside[j] = query[j] < endQuery && queryInside(place.group, query[j]);
      if (inside[j]) {
        queryLse[j] = lse[lseIndex(place, query[j])];
        queryDelta[j] = delta[lseIndex(place, query[j])];
      }
    }
    for (var i = 0u; i < 4u; i++) { // unrolled
      let allowed = inside & (query >= vec4u(seeing[i].x)) & (query < vec4u(seeing[i].y));
      scores[i] = select(vec4f(), exp(scores[i] * SCALE - queryLse), allowed);
      products[i] = scores[i] * (products[i] - queryDelta) * SCALE;
    }
    storeWeights(&scores, thread);
    addOuters(&dv, &streamed, rowsIn(queries), thread);
    streamed = fetchOuters(place, queries, thread);
    storeWeights(&products, thread);
    addOuters(&dk, &streamed, rowsIn(queries), thread);
    addQueryShare(&products, place, keys, queries, thread);
  }
  for (var i = 0u; i < 4u; i++) { // unrolled
    let row = firstRow + ty + TY * i;
    if (rowInside(KEY, place, row)) {
      for (var turn = 0u; turn < TURNS; turn++) { // unrolled
        let d = turn * LANES + tx;
        if (d < QK4) { storeGradient(KEY, part, place, row, d, dk[turn * 4u + i]); }
        if (d < V4) { storeGradient(VALUE, part, place, row, d, dv[turn * 4u + i]); }
      }
    }
  }
}
