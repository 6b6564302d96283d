// Gradient of the queries over one segment, on tiles: what backward-query-rows.wgsl computes, for GPUs. With
// p = e^(q.k / sqrt(D_QK) - lse): dS = p (dO.v - delta), dq += dS k / sqrt(D_QK).
// Needs attention/place.wgsl, attention/tile.wgsl and attention/store-gradient.wgsl.
//
// A workgroup owns OWN query rows of one group; keys and values stream by.

@group(0) @binding(0) var<storage, read> qkv: array<Stored>;
@group(0) @binding(1) var<storage, read> dO: array<Stored>;          // [B * T, HEADS * D_V]
@group(0) @binding(2) var<storage, read> lse: array<f32>;            // [B, HEADS, T]
@group(0) @binding(3) var<storage, read> delta: array<f32>;          // [B, HEADS, T]

const KEY_TILES = (KEY_ROWS + STREAM - 1u) / STREAM;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) index: u32) {
  let thread = threadOf(index);
  let id = workgroup + origin.xyz;
  let place = Place(id.x / HEAD_COUNT, FIRST_HEAD + id.x % HEAD_COUNT, id.y);
  let firstRow = (TILES - 1u - id.z) * OWN;
  if (!queryInside(place.group, firstRow)) { return; }
  let tx = thread % LANES;
  let ty = thread / LANES;

  var seen: array<vec2u, 4>;
  var rowLse = vec4f();
  var rowDelta = vec4f();
  for (var i = 0u; i < 4u; i++) { // unrolled
    let row = firstRow + ty + TY * i;
    if (queryInside(place.group, row)) {
      seen[i] = keyRange(place.head, row);
      rowLse[i] = lse[lseIndex(place, row)];
      rowDelta[i] = delta[lseIndex(place, row)];
    }
  }
  let lastRow = min(firstRow + OWN, QUERY_ROWS) - 1u;
  let firstKey = keyRange(place.head, firstRow).x;
  let endKey = min(KEY_ROWS, keyRange(place.head, lastRow).y);

  var dq: array<vec4f, 4u * TURNS>;
  let queries = Rows(QUERY, firstRow, QUERY_ROWS);
  let gradients = Rows(GRADIENT, firstRow, QUERY_ROWS);
  var loads = fetchDots(place, queries, Rows(KEY, firstKey, endKey), 0u, thread);
  for (var tile = 0u; tile < KEY_TILES; tile++) {
    let tileStart = firstKey + tile * STREAM;
    if (tileStart >= endKey) { break; }
    let keys = Rows(KEY, tileStart, endKey);
    let values = Rows(VALUE, tileStart, endKey);
    var scores = array<vec4f, 4>();
    addDots(&scores, &loads, place, queries, keys, gradients, values, thread);
    var streamed = fetchOuters(place, keys, thread);
    var products = array<vec4f, 4>();
    let next = Rows(KEY, tileStart + STREAM, endKey);
    addDots(&products, &loads, place, gradients, values, queries, next, thread);

    let key = vec4u(tx, tx + 16u, tx + 32u, tx + 48u) + tileStart;
    for (var i = 0u; i < 4u; i++) { // unrolled
      let allowed = (key >= vec4u(seen[i].x)) & (key < vec4u(seen[i].y));
      let p = select(vec4f(), exp(scores[i] * SCALE - rowLse[i]), allowed);
      scores[i] = p * (products[i] - rowDelta[i]) * SCALE;
    }
    storeWeights(&scores, thread);
    addOuters(&dq, &streamed, rowsIn(keys), thread);
  }
  for (var i = 0u; i < 4u; i++) { // unrolled
    let row = firstRow + ty + TY * i;
    if (queryInside(place.group, row)) {
      for (var turn = 0u; turn < TURNS; turn++) { // unrolled
        let d = turn * LANES + tx;
        if (d < QK4) { storeGradient(QUERY, 0u, place, row, d, dq[turn * 4u + i]); }
      }
    }
  }
}
