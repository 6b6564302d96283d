// Gradients of the keys and values over one segment: dv += p dO, dk += p (dO.v - delta) q / sqrt(D_QK), with
// p = e^(q.k / sqrt(D_QK) - lse). Needs attention/segment.wgsl and attention/add-gradient.wgsl.
//
// A workgroup takes OWN key rows of one group, a thread one row; the queries that see them pass by in tiles of
// PASSING rows. No other workgroup writes these keys in this dispatch, so the sums have one order.
// Workgroup (x, y, z): head of the run + HEAD_COUNT * batch, group, key tile of a group.

@group(0) @binding(0) var<storage, read> qkv: array<Stored>;
@group(0) @binding(1) var<storage, read> dO: array<Stored>;          // [B * T, HEADS * D_V]
@group(0) @binding(2) var<storage, read> lse: array<f32>;            // [B, HEADS, T]
@group(0) @binding(3) var<storage, read> delta: array<f32>;          // [B, HEADS, T]
@group(0) @binding(4) var<storage, read_write> dQkv: array<Stored>;

const QUERY_TILES = (QUERY_ROWS + PASSING - 1u) / PASSING;
var<workgroup> queries: array<vec4f, PASSING * QK4>;
var<workgroup> grads: array<vec4f, PASSING * V4>;
var<workgroup> stats: array<vec2f, PASSING>;

@compute @workgroup_size(OWN)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let place = workgroup + origin.xyz;
  let head = FIRST_HEAD + place.x % HEAD_COUNT;
  let batch = place.x / HEAD_COUNT;
  let group = place.y;
  let firstRow = place.z * OWN;
  if (firstRow >= KEY_ROWS || keyPosition(head, group, firstRow) >= T) { return; }
  let row = firstRow + thread;
  let at = keyPosition(head, group, row);
  let inside = row < KEY_ROWS && at < T;
  let position = batch * T + select(0u, at, inside);
  let seeing = queryRange(head, row);

  var k: array<vec4f, QK4>;
  var v: array<vec4f, V4>;
  var dk: array<vec4f, QK4>;
  var dv: array<vec4f, V4>;
  let keyStart = keyIndex(position, head);
  let valueStart = valueIndex(position, head);
  for (var d = 0u; d < QK4; d++) { k[d] = wide(qkv[keyStart + d]); }
  for (var d = 0u; d < V4; d++) { v[d] = wide(qkv[valueStart + d]); }

  let firstQuery = queryRange(head, firstRow).x;
  let endQuery = min(QUERY_ROWS, queryRange(head, min(firstRow + OWN, KEY_ROWS) - 1u).y);
  for (var tile = 0u; tile < QUERY_TILES; tile++) {
    let tileStart = firstQuery + tile * PASSING;
    if (tileStart >= endQuery) { break; }
    workgroupBarrier();
    for (var i = thread; i < PASSING * QK4; i += OWN) {
      let q = tileStart + i / QK4;
      if (queryInside(group, q)) {
        queries[i] = wide(qkv[queryIndex(batch * T + queryPosition(group, q), head) + i % QK4]) * SCALE;
      }
    }
    for (var i = thread; i < PASSING * V4; i += OWN) {
      let q = tileStart + i / V4;
      if (queryInside(group, q)) {
        grads[i] = wide(dO[((batch * T + queryPosition(group, q)) * HEADS + head) * V4 + i % V4]);
      }
    }
    for (var i = thread; i < PASSING; i += OWN) {
      let q = tileStart + i;
      if (queryInside(group, q)) {
        let index = (batch * HEADS + head) * T + queryPosition(group, q);
        stats[i] = vec2f(lse[index], delta[index]);
      }
    }
    workgroupBarrier();
    if (inside) {
      for (var i = 0u; i < PASSING; i++) {
        let q = tileStart + i;
        if (q < seeing.x || q >= seeing.y || !queryInside(group, q)) { continue; }
        var score = vec4f();
        for (var d = 0u; d < QK4; d++) { score = fma(k[d], queries[i * QK4 + d], score); }
        var dp = vec4f();
        for (var d = 0u; d < V4; d++) { dp = fma(v[d], grads[i * V4 + d], dp); }
        let p = exp(dot(score, vec4f(1.0)) - stats[i].x);
        let ds = p * (dot(dp, vec4f(1.0)) - stats[i].y);
        for (var d = 0u; d < V4; d++) { dv[d] = fma(vec4f(p), grads[i * V4 + d], dv[d]); }
        for (var d = 0u; d < QK4; d++) { dk[d] = fma(vec4f(ds), queries[i * QK4 + d], dk[d]); }
      }
    }
  }
  if (!inside) { return; }
  for (var d = 0u; d < QK4; d++) { addGradient(keyStart + d, dk[d]); }
  for (var d = 0u; d < V4; d++) { addGradient(valueStart + d, dv[d]); }
}
