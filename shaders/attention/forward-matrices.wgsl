// Attention over one segment, flash style, on subgroup matrices: what forward-tiles.wgsl computes, for float16 storage.
// Needs attention/matrices.wgsl.
//
// Weights are e^(score - m), rounded to float16 by 2^-11 of their size at most, where m is a maximum of the row's scores,
// but not always the latest: it is raised, and the output so far scaled down, only when a score exceeds it by SLACK (in
// powers of two). That is rare, and costs a way of the output through workgroup memory. The log-sum-exp is of weights that
// are not rounded, and no weight exceeds 2^SLACK.

@group(0) @binding(0) var<storage, read> qkv: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> o: array<Stored>;     // [B * T, HEADS * D_V]
@group(0) @binding(2) var<storage, read_write> lse: array<f32>;      // [B, HEADS, T]

const KEY_TILES = (KEY_ROWS + STREAM - 1u) / STREAM;
const SLACK = 8.0;

// 1 + the last tile at which the output had to be scaled down, four times: see attention/matrices.wgsl.
var<workgroup> scaledAt: vec4u;

fn fetchKeys(place: Place, first: u32, end: u32, thread: u32) -> LoadsQK {
  var loads: LoadsQK;
  for (var turn = 0u; turn < QK_LOADS; turn++) { // unrolled
    let i = turn * THREADS + thread;
    if (i < STREAM * QK8) { loads[turn] = fetchEight(KEY, place, first + i / QK8, end, i % QK8); }
  }
  return loads;
}

fn fetchValues(place: Place, first: u32, end: u32, thread: u32) -> LoadsV {
  var loads: LoadsV;
  for (var turn = 0u; turn < V_LOADS; turn++) { // unrolled
    let i = turn * THREADS + thread;
    if (i < STREAM * V8) { loads[turn] = fetchEight(VALUE, place, first + i / V8, end, i % V8); }
  }
  return loads;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_id) subgroupIndex: u32,
  @builtin(subgroup_invocation_id) laneIndex: u32,
) {
  let thread = index % THREADS;
  let partRow = (subgroupIndex % SUBGROUPS) * PART;
  let own = partRow + (laneIndex % LANES) / SHARERS;
  let sharer = laneIndex % SHARERS;
  let id = workgroup + origin.xyz;
  let place = Place(id.x / HEAD_COUNT, FIRST_HEAD + id.x % HEAD_COUNT, id.y);
  let firstRow = (TILES - 1u - id.z) * OWN;
  if (!queryInside(place.group, firstRow)) { return; }
  let row = firstRow + own;
  let isInside = queryInside(place.group, row);
  let seen = select(vec2u(), keyRange(place.head, row), isInside);
  let lastRow = min(firstRow + OWN, QUERY_ROWS) - 1u;
  let firstKey = keyRange(place.head, firstRow).x;
  let endKey = min(KEY_ROWS, keyRange(place.head, lastRow).y);
  // Tiles within these key rows are seen whole by every row.
  let wholeFrom = keyRange(place.head, lastRow).x;
  let wholeTo = keyRange(place.head, firstRow).y;

  var keys = fetchKeys(place, firstKey, endKey, thread);
  var values = fetchValues(place, firstKey, endKey, thread);
  var queries: array<Left, PART_M * QK_K>;
  for (var chunk = 0u; chunk < QK_CHUNKS; chunk++) { // unrolled
    workgroupBarrier();
    for (var turn = 0u; turn < OWN_LOADS; turn++) { // unrolled
      let i = turn * THREADS + thread;
      let d = (chunk * STREAM + (i * 8u) % STREAM) / 8u;
      stageOwn(turn, fetchEight(QUERY, place, firstRow + i / (STREAM / 8u), QUERY_ROWS, d), thread);
    }
    workgroupBarrier();
    for (var k = 0u; k < min(STREAM, D_QK - chunk * STREAM) / SIZE_K; k++) { // unrolled
      for (var i = 0u; i < PART_M; i++) { // unrolled
        queries[i * QK_K + chunk * STREAM_K + k] = subgroupMatrixLoad<Left, row_major>(&weights, (partRow + i * SIZE_M) * PITCH + k * SIZE_K / 4u, PITCH);
      }
    }
  }

  var acc: array<Sum, PART_M * V_N>;
  var m = NO_KEYS;
  var s = 0.0;
  for (var tile = 0u; tile < KEY_TILES; tile++) {
    let tileStart = firstKey + tile * STREAM;
    if (tileStart >= endKey) { break; }
    workgroupBarrier();
    stageQK(&keys, thread);
    stageV(&values, thread);
    workgroupBarrier();
    keys = fetchKeys(place, tileStart + STREAM, endKey, thread);
    values = fetchValues(place, tileStart + STREAM, endKey, thread);

    var products = array<Sum, PART_M * STREAM_N>();
    for (var k = 0u; k < QK_K; k++) { // unrolled
      for (var j = 0u; j < STREAM_N; j++) { // unrolled
        let right = subgroupMatrixLoad<Right, col_major>(&tileQK, j * SIZE_N * PITCH_QK + k * SIZE_K / 4u, PITCH_QK);
        for (var i = 0u; i < PART_M; i++) { // unrolled
          products[i * STREAM_N + j] = subgroupMatrixMultiplyAccumulate(queries[i * QK_K + k], right, products[i * STREAM_N + j]);
        }
      }
    }
    for (var j = 0u; j < STREAM_N; j++) { // unrolled
      for (var i = 0u; i < PART_M; i++) { // unrolled
        subgroupMatrixStore<row_major>(&scores, (partRow + i * SIZE_M) * PITCH + j * SIZE_N / 4u, products[i * STREAM_N + j], PITCH);
      }
    }
    workgroupBarrier();

    let isWhole = tileStart >= wholeFrom && tileStart + STREAM <= wholeTo;
    var p: array<vec4f, FOURS>;
    var highest = NO_KEYS;
    for (var turn = 0u; turn < FOURS; turn++) { // unrolled
      let column = turn * SHARERS + sharer;
      p[turn] = scores[own * PITCH + column] * SCORE_SCALE;
      if (!isWhole) {
        let key = vec4u(0u, 1u, 2u, 3u) + (tileStart + column * 4u);
        p[turn] = select(vec4f(NO_KEYS), p[turn], (key >= vec4u(seen.x)) & (key < vec4u(seen.y)));
      }
      highest = max(highest, max(max(p[turn].x, p[turn].y), max(p[turn].z, p[turn].w)));
    }
    for (var step = 1u; step < SHARERS; step *= 2u) { highest = max(highest, subgroupShuffleXor(highest, step)); }
    var shrink = 1.0;
    if (highest > m + SLACK) {
      if (m > NO_KEYS) { scaledAt = vec4u(tile + 1u); }
      shrink = exp2(m - highest);
      m = highest;
    }
    // A row that has seen no key keeps weights of zero: NO_KEYS - NO_KEYS would make them one.
    let base = select(0.0, m, m > NO_KEYS);
    s *= shrink;
    for (var turn = 0u; turn < FOURS; turn++) { // unrolled
      let weight = exp2(p[turn] - base);
      s += (weight.x + weight.y) + (weight.z + weight.w);
      weights[own * PITCH + turn * SHARERS + sharer] = vec4<f16>(weight);
    }
    if (workgroupUniformLoad(&scaledAt).x == tile + 1u) {
      for (var chunk = 0u; chunk < V_CHUNKS; chunk++) { // unrolled
        for (var j = 0u; j < min(STREAM, D_V - chunk * STREAM) / SIZE_N; j++) { // unrolled
          for (var i = 0u; i < PART_M; i++) { // unrolled
            subgroupMatrixStore<row_major>(&scores, (partRow + i * SIZE_M) * PITCH + j * SIZE_N / 4u, acc[i * V_N + chunk * STREAM_N + j], PITCH);
          }
        }
        workgroupBarrier();
        for (var turn = 0u; turn < FOURS; turn++) { // unrolled
          scores[own * PITCH + turn * SHARERS + sharer] *= shrink;
        }
        workgroupBarrier();
        for (var j = 0u; j < min(STREAM, D_V - chunk * STREAM) / SIZE_N; j++) { // unrolled
          for (var i = 0u; i < PART_M; i++) { // unrolled
            acc[i * V_N + chunk * STREAM_N + j] = subgroupMatrixLoad<Sum, row_major>(&scores, (partRow + i * SIZE_M) * PITCH + j * SIZE_N / 4u, PITCH);
          }
        }
        workgroupBarrier();
      }
    }
    for (var k = 0u; k < STREAM_K; k++) { // unrolled
      var left: array<Left, PART_M>;
      for (var i = 0u; i < PART_M; i++) { // unrolled
        left[i] = subgroupMatrixLoad<Left, row_major>(&weights, (partRow + i * SIZE_M) * PITCH + k * SIZE_K / 4u, PITCH);
      }
      for (var j = 0u; j < V_N; j++) { // unrolled
        let right = subgroupMatrixLoad<Right, row_major>(&tileV, k * SIZE_K * PITCH_V + j * SIZE_N / 4u, PITCH_V);
        for (var i = 0u; i < PART_M; i++) { // unrolled
          acc[i * V_N + j] = subgroupMatrixMultiplyAccumulate(left[i], right, acc[i * V_N + j]);
        }
      }
    }
  }

  for (var step = 1u; step < SHARERS; step *= 2u) { s += subgroupShuffleXor(s, step); }
  var ours = NO_KEYS;
  if (s > 0.0) { ours = (m + log2(s)) / LOG2E; }
  // Read by all threads of a row before one of them writes it.
  var before = NO_KEYS;
  if (MERGE && isInside) { before = lse[lseIndex(place, row)]; }
  if (MERGE) { storageBarrier(); }
  let top = max(before, ours);
  var total = NO_KEYS;
  var share = 0.0;
  var factor = 0.0;
  if (top > NO_KEYS) {
    total = top + log(exp(before - top) + exp(ours - top));
    share = exp(before - total);
    if (s > 0.0) { factor = exp(ours - total) / s; }
  }
  if (isInside && sharer == 0u) { lse[lseIndex(place, row)] = total; }
  for (var chunk = 0u; chunk < V_CHUNKS; chunk++) { // unrolled
    workgroupBarrier();
    for (var j = 0u; j < min(STREAM, D_V - chunk * STREAM) / SIZE_N; j++) { // unrolled
      for (var i = 0u; i < PART_M; i++) { // unrolled
        subgroupMatrixStore<row_major>(&scores, (partRow + i * SIZE_M) * PITCH + j * SIZE_N / 4u, acc[i * V_N + chunk * STREAM_N + j], PITCH);
      }
    }
    workgroupBarrier();
    for (var turn = 0u; turn < FOURS; turn++) { // unrolled
      let column = turn * SHARERS + sharer;
      let d = chunk * STREAM4 + column;
      if (isInside && d < V4) {
        let at = outputIndex(place, row) + d;
        var result = scores[own * PITCH + column] * factor;
        if (MERGE) { result += wide(o[at]) * share; }
        o[at] = narrow(result);
      }
    }
  }
}
