// Gradient of the queries over one segment, on tiles: what backward-query-rows.wgsl computes, for GPUs. With
// p = e^(q.k / sqrt(D_QK) - lse): dS = p (dO.v - delta), dq += dS k / sqrt(D_QK).
// Needs attention/segment.wgsl and attention/tile.wgsl.
//
// A workgroup owns OWN query rows of one group; keys and values stream by.

@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read> dO: array<vec4f>;           // [B * T, HEADS * D_V]
@group(0) @binding(2) var<storage, read> lse: array<f32>;            // [B, HEADS, T]
@group(0) @binding(3) var<storage, read> delta: array<f32>;          // [B, HEADS, T]
@group(0) @binding(4) var<storage, read_write> dQkv: array<vec4f>;

const KEY_TILES = (KEY_ROWS + STREAM - 1u) / STREAM;
const QK_CHUNKS = (QK4 + DEPTH4 - 1u) / DEPTH4;
const V_CHUNKS = (V4 + DEPTH4 - 1u) / DEPTH4;
const QK_TURNS = (QK4 + LANES - 1u) / LANES;
const QK_LOADS = (STEPS * QK4 + THREADS - 1u) / THREADS;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let place = workgroup + origin.xyz;
  let head = FIRST_HEAD + place.x % HEAD_COUNT;
  let batch = place.x / HEAD_COUNT;
  let group = place.y;
  let firstRow = (TILES - 1u - place.z) * OWN;
  if (!queryInside(group, firstRow)) { return; }
  let tx = thread % LANES;
  let ty = (thread / LANES) % TY;
  let scale = inverseSqrt(f32(D_QK));

  var seen: array<vec2u, 4>;
  var rowLse = vec4f();
  var rowDelta = vec4f();
  for (var i = 0u; i < 4u; i++) {
    let row = firstRow + ty * 4u + i;
    if (queryInside(group, row)) {
      let index = (batch * HEADS + head) * T + queryPosition(group, row);
      seen[i] = keyRange(head, row);
      rowLse[i] = lse[index];
      rowDelta[i] = delta[index];
    }
  }
  let lastRow = min(firstRow + OWN, QUERY_ROWS) - 1u;
  let firstKey = keyRange(head, firstRow).x;
  let endKey = min(KEY_ROWS, keyRange(head, lastRow).y);

  var dq: array<vec4f, 4u * QK_TURNS>;
  for (var tile = 0u; tile < KEY_TILES; tile++) {
    let tileStart = firstKey + tile * STREAM;
    if (tileStart >= endKey) { break; }
    var scores = array<vec4f, 4>();
    for (var chunk = 0u; chunk < QK_CHUNKS; chunk++) {
      var own: array<vec4f, OWN_TURNS>;
      for (var turn = 0u; turn < OWN_TURNS; turn++) {
        let i = turn * THREADS + thread;
        own[turn] = fetchQuery(batch, head, group, firstRow + i / DEPTH4, QUERY_ROWS, chunk * DEPTH4 + i % DEPTH4) * scale;
      }
      var streamed: array<vec4f, STREAM_TURNS>;
      for (var turn = 0u; turn < STREAM_TURNS; turn++) {
        let i = turn * THREADS + thread;
        streamed[turn] = fetchKey(batch, head, group, tileStart + i / DEPTH4, endKey, chunk * DEPTH4 + i % DEPTH4);
      }
      stageDots(own, streamed, thread);
      addDots(&scores, thread);
    }
    var products = array<vec4f, 4>();
    for (var chunk = 0u; chunk < V_CHUNKS; chunk++) {
      var own: array<vec4f, OWN_TURNS>;
      for (var turn = 0u; turn < OWN_TURNS; turn++) {
        let i = turn * THREADS + thread;
        own[turn] = fetchGrad(batch, head, group, firstRow + i / DEPTH4, QUERY_ROWS, chunk * DEPTH4 + i % DEPTH4);
      }
      var streamed: array<vec4f, STREAM_TURNS>;
      for (var turn = 0u; turn < STREAM_TURNS; turn++) {
        let i = turn * THREADS + thread;
        streamed[turn] = fetchValue(batch, head, group, tileStart + i / DEPTH4, endKey, chunk * DEPTH4 + i % DEPTH4);
      }
      stageDots(own, streamed, thread);
      addDots(&products, thread);
    }

    let key = vec4u(tx, tx + 16u, tx + 32u, tx + 48u) + tileStart;
    for (var i = 0u; i < 4u; i++) {
      let allowed = (key >= vec4u(seen[i].x)) & (key < vec4u(seen[i].y));
      let p = select(vec4f(), exp(scores[i] - rowLse[i]), allowed);
      scores[i] = p * (products[i] - rowDelta[i]) * scale;
    }
    storeWeights(scores, thread);
    for (var chunk = 0u; chunk < STREAM / STEPS; chunk++) {
      var streamed: array<vec4f, QK_LOADS>;
      for (var turn = 0u; turn < QK_LOADS; turn++) {
        let i = turn * THREADS + thread;
        streamed[turn] = fetchKey(batch, head, group, tileStart + chunk * STEPS + i / QK4, endKey, i % QK4);
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
          dq[turn * 4u] = fma(vec4f(ds.x), value, dq[turn * 4u]);
          dq[turn * 4u + 1u] = fma(vec4f(ds.y), value, dq[turn * 4u + 1u]);
          dq[turn * 4u + 2u] = fma(vec4f(ds.z), value, dq[turn * 4u + 2u]);
          dq[turn * 4u + 3u] = fma(vec4f(ds.w), value, dq[turn * 4u + 3u]);
        }
      }
    }
  }
  for (var i = 0u; i < 4u; i++) {
    let row = firstRow + ty * 4u + i;
    if (!queryInside(group, row)) { continue; }
    let start = queryIndex(batch * T + queryPosition(group, row), head);
    for (var turn = 0u; turn < QK_TURNS; turn++) {
      let d = turn * LANES + tx;
      if (d < QK4) { dQkv[start + d] += dq[turn * 4u + i]; }
    }
  }
}
