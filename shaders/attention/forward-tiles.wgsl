// Attention over one segment, flash style, on tiles: what forward-rows.wgsl computes, for GPUs.
// Needs attention/place.wgsl and attention/tile.wgsl.
//
// A workgroup owns OWN query rows of one group; keys and values stream by, from the first key that any of the rows
// sees to the last. For each tile, with the running maximum m and sum s of each row: m' = max(m, scores),
// s = s e^(m - m') + sum e^(score - m'), and the output alike; a thread sums its own columns, the sixteen that share
// rows add up at the end. MERGE joins an earlier segment's result exactly, through the log-sum-exp.
// Workgroup (x, y, z): head of the run + HEAD_COUNT * batch, group, query tile of a group, the last and longest first.

@group(0) @binding(0) var<storage, read> qkv: array<Stored>;
@group(0) @binding(1) var<storage, read_write> o: array<Stored>;     // [B * T, HEADS * D_V]
@group(0) @binding(2) var<storage, read_write> lse: array<f32>;      // [B, HEADS, T]

const KEY_TILES = (KEY_ROWS + STREAM - 1u) / STREAM;

fn fetchRow(kind: u32, place: Place, row: u32, end: u32, d: u32) -> vec4f {
  if (kind == QUERY) { return fetchQuery(place, row, end, d); }
  if (kind == KEY) { return fetchKey(place, row, end, d); }
  return fetchValue(place, row, end, d);
}

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
  for (var i = 0u; i < 4u; i++) { // unrolled
    let row = firstRow + ty + TY * i;
    if (queryInside(place.group, row)) { seen[i] = keyRange(place.head, row); }
  }
  let lastRow = min(firstRow + OWN, QUERY_ROWS) - 1u;
  let firstKey = keyRange(place.head, firstRow).x;
  let endKey = min(KEY_ROWS, keyRange(place.head, lastRow).y);
  // Tiles within these key rows are seen whole by every row.
  let wholeFrom = keyRange(place.head, lastRow).x;
  let wholeTo = keyRange(place.head, firstRow).y;

  var acc: array<vec4f, 4u * TURNS>;
  var m = vec4f(NO_KEYS);
  var s = vec4f();
  let queries = Rows(QUERY, firstRow, QUERY_ROWS);
  var loads = fetchDots(place, queries, Rows(KEY, firstKey, endKey), 0u, thread);
  for (var tile = 0u; tile < KEY_TILES; tile++) {
    let tileStart = firstKey + tile * STREAM;
    if (tileStart >= endKey) { break; }
    var scores = array<vec4f, 4>();
    var values = fetchOuters(place, Rows(VALUE, tileStart, endKey), thread);
    let next = Rows(KEY, tileStart + STREAM, endKey);
    addDots(&scores, &loads, place, queries, Rows(KEY, tileStart, endKey), queries, next, thread);

    let key = vec4u(tx, tx + 16u, tx + 32u, tx + 48u) + tileStart;
    let isWhole = tileStart >= wholeFrom && tileStart + STREAM <= wholeTo;
    var highest = vec4f();
    for (var i = 0u; i < 4u; i++) { // unrolled
      scores[i] *= SCALE;
      if (!isWhole) {
        let allowed = (key >= vec4u(seen[i].x)) & (key < vec4u(seen[i].y));
        scores[i] = select(vec4f(NO_KEYS), scores[i], allowed);
      }
      highest[i] = max(max(scores[i].x, scores[i].y), max(scores[i].z, scores[i].w));
    }
    highest = max(m, rowMaximum(highest, thread));
    let shrink = exp(m - highest);
    m = highest;
    for (var i = 0u; i < 4u; i++) { // unrolled
      // A row that has seen no key keeps weights of zero: NO_KEYS - NO_KEYS would make them one.
      let p = select(vec4f(), exp(scores[i] - m[i]), scores[i] > vec4f(NO_KEYS));
      scores[i] = p;
      s[i] = s[i] * shrink[i] + p.x + p.y + p.z + p.w;
      for (var turn = 0u; turn < TURNS; turn++) { // unrolled
        acc[turn * 4u + i] *= shrink[i];
      }
    }
    storeWeights(&scores, thread);
    addOuters(&acc, &values, rowsIn(Rows(VALUE, tileStart, endKey)), thread);
  }

  // Read by all threads of a row before one of them writes it.
  var before = vec4f(NO_KEYS);
  for (var i = 0u; i < 4u; i++) { // unrolled
    let row = firstRow + ty + TY * i;
    if (MERGE && queryInside(place.group, row)) { before[i] = lse[lseIndex(place, row)]; }
  }
  if (MERGE) { storageBarrier(); }
  s = rowSum(s, thread);
  for (var i = 0u; i < 4u; i++) { // unrolled
    let row = firstRow + ty + TY * i;
    if (queryInside(place.group, row)) {
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
      let start = outputIndex(place, row);
      for (var turn = 0u; turn < TURNS; turn++) { // unrolled
        let d = turn * LANES + tx;
        if (d < V4) {
          var result = acc[turn * 4u + i] * factor;
          if (MERGE) { result += wide(o[start + d]) * share; }
          o[start + d] = narrow(result);
        }
      }
      if (tx == 0u) { lse[lseIndex(place, row)] = total; }
    }
  }
}

// The largest of each own row over the sixteen threads that share it.
fn rowMaximum(value: vec4f, thread: u32) -> vec4f {
  workgroupBarrier();
  stage[thread % THREADS] = value;
  workgroupBarrier();
  let first = ((thread / LANES) % TY) * LANES;
  var result = stage[first];
  for (var other = 0u; other < LANES; other++) { // unrolled
    result = max(result, stage[first + other]);
  }
  return result;
}

// The sum of each own row over the sixteen threads that share it.
fn rowSum(value: vec4f, thread: u32) -> vec4f {
  workgroupBarrier();
  stage[thread % THREADS] = value;
  workgroupBarrier();
  let first = ((thread / LANES) % TY) * LANES;
  var result = vec4f();
  for (var other = 0u; other < LANES; other++) { // unrolled
    result += stage[first + other];
  }
  return result;
}
