// Gradient of the queries over one segment: with p = e^(q.k / sqrt(D_QK) - lse) and the merged lse and delta,
// dS = p (dO.v - delta), dq += dS k / sqrt(D_QK). Needs attention/segment.wgsl and attention/add-gradient.wgsl.
//
// Laid out as forward.wgsl: a workgroup takes OWN query rows of one group, a thread one row.

@group(0) @binding(0) var<storage, read> qkv: array<Stored>;
@group(0) @binding(1) var<storage, read> dO: array<Stored>;          // [B * T, HEADS * D_V]
@group(0) @binding(2) var<storage, read> lse: array<f32>;            // [B, HEADS, T]
@group(0) @binding(3) var<storage, read> delta: array<f32>;          // [B, HEADS, T]
@group(0) @binding(4) var<storage, read_write> dQkv: array<Stored>;

const KEY_TILES = (KEY_ROWS + PASSING - 1u) / PASSING;
var<workgroup> keys: array<vec4f, PASSING * QK4>;
var<workgroup> values: array<vec4f, PASSING * V4>;

@compute @workgroup_size(OWN)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let place = workgroup + origin.xyz;
  let head = FIRST_HEAD + place.x % HEAD_COUNT;
  let batch = place.x / HEAD_COUNT;
  let group = place.y;
  let firstRow = (TILES - 1u - place.z) * OWN;
  if (!queryInside(group, firstRow)) { return; }
  let row = firstRow + thread;
  let inside = queryInside(group, row);
  let position = batch * T + queryPosition(group, select(firstRow, row, inside));
  let seen = keyRange(head, row);

  var q: array<vec4f, QK4>;
  var dq: array<vec4f, QK4>;
  var grad: array<vec4f, V4>;
  let queryStart = queryIndex(position, head);
  for (var d = 0u; d < QK4; d++) { q[d] = wide(qkv[queryStart + d]) * SCALE; }
  for (var d = 0u; d < V4; d++) { grad[d] = wide(dO[(position * HEADS + head) * V4 + d]); }
  let statsIndex = (batch * HEADS + head) * T + position - batch * T;
  let rowLse = lse[statsIndex];
  let rowDelta = delta[statsIndex];

  let firstKey = keyRange(head, firstRow).x;
  let endKey = min(KEY_ROWS, keyRange(head, min(firstRow + OWN, QUERY_ROWS) - 1u).y);
  for (var tile = 0u; tile < KEY_TILES; tile++) {
    let tileStart = firstKey + tile * PASSING;
    if (tileStart >= endKey) { break; }
    workgroupBarrier();
    for (var i = thread; i < PASSING * QK4; i += OWN) {
      let k = tileStart + i / QK4;
      let at = keyPosition(head, group, k);
      if (k < endKey && at < T) { keys[i] = wide(qkv[keyIndex(batch * T + at, head) + i % QK4]); }
    }
    for (var i = thread; i < PASSING * V4; i += OWN) {
      let k = tileStart + i / V4;
      let at = keyPosition(head, group, k);
      if (k < endKey && at < T) { values[i] = wide(qkv[valueIndex(batch * T + at, head) + i % V4]); }
    }
    workgroupBarrier();
    if (inside) {
      for (var k = 0u; k < PASSING; k++) {
        if (tileStart + k < seen.x || tileStart + k >= seen.y) { continue; }
        var score = vec4f();
        for (var d = 0u; d < QK4; d++) { score = fma(q[d], keys[k * QK4 + d], score); }
        var dp = vec4f();
        for (var d = 0u; d < V4; d++) { dp = fma(grad[d], values[k * V4 + d], dp); }
        let p = exp(dot(score, vec4f(1.0)) - rowLse);
        let ds = p * (dot(dp, vec4f(1.0)) - rowDelta) * SCALE;
        for (var d = 0u; d < QK4; d++) { dq[d] = fma(vec4f(ds), keys[k * QK4 + d], dq[d]); }
      }
    }
  }
  if (!inside) { return; }
  for (var d = 0u; d < QK4; d++) { addGradient(queryStart + d, dq[d]); }
}
