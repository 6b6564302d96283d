// Attention over one segment, flash style: o = softmax(q K^T / sqrt(D_QK)) V and the log-sum-exp of each row,
// without ever holding more than a tile of scores. Needs attention/segment.wgsl.
//
// A workgroup takes OWN query rows of one group, a thread one row; keys and values pass by in tiles of
// PASSING rows of workgroup memory, from the first key that any of the rows sees to the last. Running maximum
// m and sum s: for each tile, m' = max(m, scores), s = s e^(m - m') + sum e^(score - m'), and o alike.
// MERGE: the head has attended to another segment already; the two disjoint results are joined exactly:
// lse = log(e^lse1 + e^lse2), o = o1 e^(lse1 - lse) + o2 e^(lse2 - lse).
// Workgroup (x, y, z): head of the run + HEAD_COUNT * batch, group, query tile of a group, the last and longest first.

@group(0) @binding(0) var<storage, read> qkv: array<Stored>;
@group(0) @binding(1) var<storage, read_write> o: array<Stored>;      // [B * T, HEADS * D_V]
@group(0) @binding(2) var<storage, read_write> lse: array<f32>;      // [B, HEADS, T]

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
  let queryStart = queryIndex(position, head);
  for (var d = 0u; d < QK4; d++) { q[d] = wide(qkv[queryStart + d]) * SCALE; }
  var acc: array<vec4f, V4>;
  var m = NO_KEYS;
  var s = 0.0;

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
    if (inside && tileStart < seen.y && tileStart + PASSING > seen.x) {
      var scores: array<f32, PASSING>;
      var highest = m;
      for (var k = 0u; k < PASSING; k++) {
        var sum = vec4f();
        for (var d = 0u; d < QK4; d++) { sum = fma(q[d], keys[k * QK4 + d], sum); }
        let allowed = tileStart + k >= seen.x && tileStart + k < seen.y;
        scores[k] = select(NO_KEYS, dot(sum, vec4f(1.0)), allowed);
        highest = max(highest, scores[k]);
      }
      let shrink = exp(m - highest);
      m = highest;
      s *= shrink;
      for (var d = 0u; d < V4; d++) { acc[d] *= shrink; }
      for (var k = 0u; k < PASSING; k++) {
        let p = select(0.0, exp(scores[k] - m), scores[k] > NO_KEYS);
        s += p;
        for (var d = 0u; d < V4; d++) { acc[d] = fma(vec4f(p), values[k * V4 + d], acc[d]); }
      }
    }
  }
  if (!inside) { return; }

  var rowLse = NO_KEYS;
  var weight = 0.0;
  if (s > 0.0) {
    rowLse = m + log(s);
    weight = 1.0 / s;
  }
  let lseIndex = (batch * HEADS + head) * T + queryPosition(group, row);
  let outStart = (position * HEADS + head) * V4;
  if (MERGE) {
    let before = lse[lseIndex];
    let top = max(before, rowLse);
    if (top > NO_KEYS) {
      let share = exp(before - top);
      let total = share + exp(rowLse - top);
      for (var d = 0u; d < V4; d++) {
        o[outStart + d] = narrow((wide(o[outStart + d]) * share + acc[d] * (weight * exp(rowLse - top))) / total);
      }
      lse[lseIndex] = top + log(total);
    }
  } else {
    for (var d = 0u; d < V4; d++) { o[outStart + d] = narrow(acc[d] * weight); }
    lse[lseIndex] = rowLse;
  }
}
