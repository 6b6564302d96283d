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
fn main(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) thread: u32) {
  let head = FIRST_HEAD + place.z % HEAD_COUNT;
  let batch = place.z / HEAD_COUNT;
  let group = place.y;
  let firstRow = place.x * OWN;
  if (!queryInside(group, firstRow)) { return; }
  let tx = thread % LANES;
  let ty = thread / LANES;
  let scale = inverseSqrt(f32(D_QK));

  let stagedRow = firstRow + thread / 4u;
  let stagedInside = queryInside(group, stagedRow);
  let stagedPosition = batch * T + queryPosition(group, stagedRow);
  let stagedQuery = queryIndex(stagedPosition, head);
  let stagedGrad = (stagedPosition * HEADS + head) * V4;
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
      workgroupBarrier();
      let d = chunk * DEPTH4 + thread % 4u;
      var query = vec4f();
      if (stagedInside && d < QK4) { query = qkv[stagedQuery + d] * scale; }
      stage[(thread / 4u) * PITCH + thread % 4u] = query;
      for (var turn = 0u; turn < STREAM / OWN; turn++) {
        let row = turn * OWN + thread / 4u;
        let at = keyPosition(head, group, tileStart + row);
        var key = vec4f();
        if (tileStart + row < endKey && at < T && d < QK4) { key = qkv[keyIndex(batch * T + at, head) + d]; }
        stage[STREAM_BASE + row * PITCH + thread % 4u] = key;
      }
      workgroupBarrier();
      addDots(&scores, tx, ty);
    }
    var products = array<vec4f, 4>();
    for (var chunk = 0u; chunk < V_CHUNKS; chunk++) {
      workgroupBarrier();
      let d = chunk * DEPTH4 + thread % 4u;
      var grad = vec4f();
      if (stagedInside && d < V4) { grad = dO[stagedGrad + d]; }
      stage[(thread / 4u) * PITCH + thread % 4u] = grad;
      for (var turn = 0u; turn < STREAM / OWN; turn++) {
        let row = turn * OWN + thread / 4u;
        let at = keyPosition(head, group, tileStart + row);
        var value = vec4f();
        if (tileStart + row < endKey && at < T && d < V4) { value = qkv[valueIndex(batch * T + at, head) + d]; }
        stage[STREAM_BASE + row * PITCH + thread % 4u] = value;
      }
      workgroupBarrier();
      addDots(&products, tx, ty);
    }

    let key = vec4u(tx, tx + 16u, tx + 32u, tx + 48u) + tileStart;
    for (var i = 0u; i < 4u; i++) {
      let allowed = (key >= vec4u(seen[i].x)) & (key < vec4u(seen[i].y));
      let p = select(vec4f(), exp(scores[i] - rowLse[i]), allowed);
      scores[i] = p * (products[i] - rowDelta[i]) * scale;
    }
    storeWeights(scores, tx, ty);
    for (var chunk = 0u; chunk < STREAM / STEPS; chunk++) {
      workgroupBarrier();
      for (var turn = 0u; turn < QK_LOADS; turn++) {
        let i = turn * THREADS + thread;
        if (i < STEPS * QK4) {
          let row = tileStart + chunk * STEPS + i / QK4;
          let at = keyPosition(head, group, row);
          var value = vec4f();
          if (row < endKey && at < T) { value = qkv[keyIndex(batch * T + at, head) + i % QK4]; }
          stage[i] = value;
        }
      }
      workgroupBarrier();
      for (var k = 0u; k < STEPS; k++) {
        let ds = loadWeights(chunk * STEPS + k, ty);
        for (var turn = 0u; turn < QK_TURNS; turn++) {
          let value = stage[k * QK4 + featureOf(turn, tx, QK4)];
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
