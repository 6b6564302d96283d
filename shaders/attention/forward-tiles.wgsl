// Attention over one segment, flash style, on tiles: what forward-rows.wgsl computes, for GPUs.
// Needs attention/segment.wgsl and attention/tile.wgsl.
//
// A workgroup owns OWN query rows of one group; keys and values stream by, from the first key that any of the rows
// sees to the last. For each tile, with the running maximum m and sum s of each row: m' = max(m, scores),
// s = s e^(m - m') + sum e^(score - m'), and the output alike; a thread sums its own columns, the sixteen that share
// rows add up at the end. MERGE joins an earlier segment's result exactly, through the log-sum-exp.
// Workgroup (x, y, z): head of the run + HEAD_COUNT * batch, group, query tile of a group, the last and longest first.

@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> o: array<vec4f>;      // [B * T, HEADS * D_V]
@group(0) @binding(2) var<storage, read_write> lse: array<f32>;      // [B, HEADS, T]

const KEY_TILES = (KEY_ROWS + STREAM - 1u) / STREAM;
const QK_CHUNKS = (QK4 + DEPTH4 - 1u) / DEPTH4;
const V_TURNS = (V4 + LANES - 1u) / LANES;
const V_LOADS = (STEPS * V4 + THREADS - 1u) / THREADS;

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
  for (var i = 0u; i < 4u; i++) {
    let row = firstRow + ty * 4u + i;
    if (queryInside(group, row)) { seen[i] = keyRange(head, row); }
  }
  let lastRow = min(firstRow + OWN, QUERY_ROWS) - 1u;
  let firstKey = keyRange(head, firstRow).x;
  let endKey = min(KEY_ROWS, keyRange(head, lastRow).y);
  // Tiles within these key rows are seen whole by every row.
  let wholeFrom = keyRange(head, lastRow).x;
  let wholeTo = keyRange(head, firstRow).y;

  var acc: array<vec4f, 4u * V_TURNS>;
  var m = vec4f(NO_KEYS);
  var s = vec4f();
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

    let key = vec4u(tx, tx + 16u, tx + 32u, tx + 48u) + tileStart;
    if (tileStart < wholeFrom || tileStart + STREAM > wholeTo) {
      for (var i = 0u; i < 4u; i++) {
        let allowed = (key >= vec4u(seen[i].x)) & (key < vec4u(seen[i].y));
        scores[i] = select(vec4f(NO_KEYS), scores[i], allowed);
      }
    }
    var highest = vec4f();
    for (var i = 0u; i < 4u; i++) {
      highest[i] = max(max(scores[i].x, scores[i].y), max(scores[i].z, scores[i].w));
    }
    highest = max(m, rowMaximum(highest, thread, ty));
    let shrink = exp(m - highest);
    m = highest;
    for (var i = 0u; i < 4u; i++) {
      // A row that has seen no key keeps weights of zero: NO_KEYS - NO_KEYS would make them one.
      let p = select(vec4f(), exp(scores[i] - m[i]), scores[i] > vec4f(NO_KEYS));
      scores[i] = p;
      s[i] = s[i] * shrink[i] + p.x + p.y + p.z + p.w;
      for (var turn = 0u; turn < V_TURNS; turn++) { acc[turn * 4u + i] *= shrink[i]; }
    }
    storeWeights(scores, thread);

    for (var chunk = 0u; chunk < STREAM / STEPS; chunk++) {
      var streamed: array<vec4f, V_LOADS>;
      for (var turn = 0u; turn < V_LOADS; turn++) {
        let i = turn * THREADS + thread;
        streamed[turn] = fetchValue(batch, head, group, tileStart + chunk * STEPS + i / V4, endKey, i % V4);
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
          let value = stage[k * V4 + featureOf(turn, thread, V4)];
          acc[turn * 4u] = fma(vec4f(p.x), value, acc[turn * 4u]);
          acc[turn * 4u + 1u] = fma(vec4f(p.y), value, acc[turn * 4u + 1u]);
          acc[turn * 4u + 2u] = fma(vec4f(p.z), value, acc[turn * 4u + 2u]);
          acc[turn * 4u + 3u] = fma(vec4f(p.w), value, acc[turn * 4u + 3u]);
        }
      }
    }
  }

  // Read by all threads of a row before one of them writes it.
  var before = vec4f(NO_KEYS);
  if (MERGE) {
    for (var i = 0u; i < 4u; i++) {
      let row = firstRow + ty * 4u + i;
      if (queryInside(group, row)) { before[i] = lse[(batch * HEADS + head) * T + queryPosition(group, row)]; }
    }
    storageBarrier();
  }
  s = rowSum(s, thread, ty);
  for (var i = 0u; i < 4u; i++) {
    let row = firstRow + ty * 4u + i;
    if (!queryInside(group, row)) { continue; }
    let position = queryPosition(group, row);
    var ours = NO_KEYS;
    if (s[i] > 0.0) { ours = m[i] + log(s[i]); }
    let top = max(before[i], ours);
    var total = NO_KEYS;
    var share = 0.0;
    var factor = 0.0;
    if (top > NO_KEYS) {
      total = top + log(exp(before[i] - top) + exp(ours - top));
      share = exp(before[i] - total);
      if (s[i] > 0.0) { factor = exp(ours - total) / s[i]; }
    }
    let outStart = ((batch * T + position) * HEADS + head) * V4;
    for (var turn = 0u; turn < V_TURNS; turn++) {
      let d = turn * LANES + tx;
      if (d < V4) {
        var result = acc[turn * 4u + i] * factor;
        if (MERGE) { result += o[outStart + d] * share; }
        o[outStart + d] = result;
      }
    }
    if (tx == 0u) { lse[(batch * HEADS + head) * T + position] = total; }
  }
}

// The largest of each own row over the sixteen threads that share it.
fn rowMaximum(value: vec4f, thread: u32, ty: u32) -> vec4f {
  workgroupBarrier();
  stage[thread] = value;
  workgroupBarrier();
  var result = stage[(ty % TY) * LANES];
  for (var other = 1u; other < LANES; other++) { result = max(result, stage[(ty % TY) * LANES + other]); }
  return result;
}

// The sum of each own row over the sixteen threads that share it.
fn rowSum(value: vec4f, thread: u32, ty: u32) -> vec4f {
  workgroupBarrier();
  stage[thread] = value;
  workgroupBarrier();
  var result = stage[(ty % TY) * LANES];
  for (var other = 1u; other < LANES; other++) { result += stage[(ty % TY) * LANES + other]; }
  return result;
}
