// Gradients of the keys and values over one segment, on tiles: what backward-key-rows.wgsl computes, for GPUs. With
// p = e^(q.k / sqrt(D_QK) - lse): dv += p dO, dk += p (dO.v - delta) q / sqrt(D_QK).
// Needs attention/segment.wgsl and attention/tile.wgsl.
//
// A workgroup owns OWN key rows of one group; the queries that see any of them stream by. No other workgroup writes
// these keys in this dispatch, so the sums have one order.
// Where keys are few and seen by many queries (summary cells), the queries are split into PARTS: each workgroup takes
// every PARTS-th tile of them. A store file supplies  storeKey, storeValue: into the gradient, or into partial sums.
// Workgroup (x, y, z): head of the run + HEAD_COUNT * batch, group + GROUPS * part, key tile of a group.

@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read> dO: array<vec4f>;           // [B * T, HEADS * D_V]
@group(0) @binding(2) var<storage, read> lse: array<f32>;            // [B, HEADS, T]
@group(0) @binding(3) var<storage, read> delta: array<f32>;          // [B, HEADS, T]

const QUERY_TILES = (QUERY_ROWS + STREAM * PARTS - 1u) / (STREAM * PARTS);
const QK_CHUNKS = (QK4 + DEPTH4 - 1u) / DEPTH4;
const V_CHUNKS = (V4 + DEPTH4 - 1u) / DEPTH4;
const QK_TURNS = (QK4 + LANES - 1u) / LANES;
const V_TURNS = (V4 + LANES - 1u) / LANES;
const QK_LOADS = (STEPS * QK4 + THREADS - 1u) / THREADS;
const V_LOADS = (STEPS * V4 + THREADS - 1u) / THREADS;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let place = workgroup + origin.xyz;
  let head = FIRST_HEAD + place.x % HEAD_COUNT;
  let batch = place.x / HEAD_COUNT;
  let group = place.y % GROUPS;
  let part = place.y / GROUPS;
  let firstRow = place.z * OWN;
  if (firstRow >= KEY_ROWS || keyPosition(head, group, firstRow) >= T) { return; }
  let tx = thread % LANES;
  let ty = (thread / LANES) % TY;
  let scale = inverseSqrt(f32(D_QK));

  var seeing: array<vec2u, 4>;
  for (var i = 0u; i < 4u; i++) {
    let row = firstRow + ty * 4u + i;
    if (row < KEY_ROWS && keyPosition(head, group, row) < T) { seeing[i] = queryRange(head, row); }
  }
  let firstQuery = queryRange(head, firstRow).x;
  let endQuery = min(QUERY_ROWS, queryRange(head, min(firstRow + OWN, KEY_ROWS) - 1u).y);

  var dk: array<vec4f, 4u * QK_TURNS>;
  var dv: array<vec4f, 4u * V_TURNS>;
  for (var tile = 0u; tile < QUERY_TILES; tile++) {
    let tileStart = firstQuery + (tile * PARTS + part) * STREAM;
    if (tileStart >= endQuery) { break; }
    // scores and products of own keys with streamed queries: [key, query]
    var scores = array<vec4f, 4>();
    for (var chunk = 0u; chunk < QK_CHUNKS; chunk++) {
      var own: array<vec4f, OWN_TURNS>;
      for (var turn = 0u; turn < OWN_TURNS; turn++) {
        let i = turn * THREADS + thread;
        own[turn] = fetchKey(batch, head, group, firstRow + i / DEPTH4, KEY_ROWS, chunk * DEPTH4 + i % DEPTH4) * scale;
      }
      var streamed: array<vec4f, STREAM_TURNS>;
      for (var turn = 0u; turn < STREAM_TURNS; turn++) {
        let i = turn * THREADS + thread;
        streamed[turn] = fetchQuery(batch, head, group, tileStart + i / DEPTH4, endQuery, chunk * DEPTH4 + i % DEPTH4);
      }
      stageDots(own, streamed, thread);
      addDots(&scores, thread);
    }
    var products = array<vec4f, 4>();
    for (var chunk = 0u; chunk < V_CHUNKS; chunk++) {
      var own: array<vec4f, OWN_TURNS>;
      for (var turn = 0u; turn < OWN_TURNS; turn++) {
        let i = turn * THREADS + thread;
        own[turn] = fetchValue(batch, head, group, firstRow + i / DEPTH4, KEY_ROWS, chunk * DEPTH4 + i % DEPTH4);
      }
      var streamed: array<vec4f, STREAM_TURNS>;
      for (var turn = 0u; turn < STREAM_TURNS; turn++) {
        let i = turn * THREADS + thread;
        streamed[turn] = fetchGrad(batch, head, group, tileStart + i / DEPTH4, endQuery, chunk * DEPTH4 + i % DEPTH4);
      }
      stageDots(own, streamed, thread);
      addDots(&products, thread);
    }

    let query = vec4u(tx, tx + 16u, tx + 32u, tx + 48u) + tileStart;
    var queryLse = vec4f();
    var queryDelta = vec4f();
    for (var j = 0u; j < 4u; j++) {
      if (query[j] < endQuery && queryInside(group, query[j])) {
        let index = (batch * HEADS + head) * T + queryPosition(group, query[j]);
        queryLse[j] = lse[index];
        queryDelta[j] = delta[index];
      }
    }
    let inside = vec4<bool>(
      queryInside(group, query.x), queryInside(group, query.y), queryInside(group, query.z), queryInside(group, query.w));
    for (var i = 0u; i < 4u; i++) {
      let allowed = inside & (query >= vec4u(seeing[i].x)) & (query < vec4u(seeing[i].y));
      scores[i] = select(vec4f(), exp(scores[i] - queryLse), allowed);
      products[i] = scores[i] * (products[i] - queryDelta) * scale;
    }

    storeWeights(scores, thread);
    for (var chunk = 0u; chunk < STREAM / STEPS; chunk++) {
      var streamed: array<vec4f, V_LOADS>;
      for (var turn = 0u; turn < V_LOADS; turn++) {
        let i = turn * THREADS + thread;
        streamed[turn] = fetchGrad(batch, head, group, tileStart + chunk * STEPS + i / V4, endQuery, i % V4);
      }
      workgroupBarrier();
      for (var turn = 0u; turn < V_LOADS; turn++) {
        let i = turn * THREADS + thread % THREADS;
        if (i < STEPS * V4) { stage[i] = streamed[turn]; }
      }
      workgroupBarrier();
      for (var k = 0u; k < STEPS; k++) {
        let p = loadWeights(chunk * STEPS + k, thread);
        for (var turn = 0u; turn < V_TURNS; turn++) {
          let grad = stage[k * V4 + featureOf(turn, thread, V4)];
          dv[turn * 4u] = fma(vec4f(p.x), grad, dv[turn * 4u]);
          dv[turn * 4u + 1u] = fma(vec4f(p.y), grad, dv[turn * 4u + 1u]);
          dv[turn * 4u + 2u] = fma(vec4f(p.z), grad, dv[turn * 4u + 2u]);
          dv[turn * 4u + 3u] = fma(vec4f(p.w), grad, dv[turn * 4u + 3u]);
        }
      }
    }
    workgroupBarrier();
    storeWeights(products, thread);
    for (var chunk = 0u; chunk < STREAM / STEPS; chunk++) {
      var streamed: array<vec4f, QK_LOADS>;
      for (var turn = 0u; turn < QK_LOADS; turn++) {
        let i = turn * THREADS + thread;
        streamed[turn] = fetchQuery(batch, head, group, tileStart + chunk * STEPS + i / QK4, endQuery, i % QK4);
      }
      workgroupBarrier();
      for (var turn = 0u; turn < QK_LOADS; turn++) {
        let i = turn * THREADS + thread % THREADS;
        if (i < STEPS * QK4) { stage[i] = streamed[turn]; }
      }
      workgroupBarrier();
      for (var k = 0u; k < STEPS; k++) {
        let ds = loadWeights(chunk * STEPS + k, thread);
        for (var turn = 0u; turn < QK_TURNS; turn++) {
          let value = stage[k * QK4 + featureOf(turn, thread, QK4)];
          dk[turn * 4u] = fma(vec4f(ds.x), value, dk[turn * 4u]);
          dk[turn * 4u + 1u] = fma(vec4f(ds.y), value, dk[turn * 4u + 1u]);
          dk[turn * 4u + 2u] = fma(vec4f(ds.z), value, dk[turn * 4u + 2u]);
          dk[turn * 4u + 3u] = fma(vec4f(ds.w), value, dk[turn * 4u + 3u]);
        }
      }
    }
  }
  for (var i = 0u; i < 4u; i++) {
    let row = firstRow + ty * 4u + i;
    let at = keyPosition(head, group, row);
    if (row >= KEY_ROWS || at >= T) { continue; }
    for (var turn = 0u; turn < QK_TURNS; turn++) {
      let d = turn * LANES + tx;
      if (d < QK4) { storeKey(part, batch, head, row, at, d, dk[turn * 4u + i]); }
    }
    for (var turn = 0u; turn < V_TURNS; turn++) {
      let d = turn * LANES + tx;
      if (d < V4) { storeValue(part, batch, head, row, at, d, dv[turn * 4u + i]); }
    }
  }
}
