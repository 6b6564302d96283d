// Gradients over one segment on subgroup matrices: what backward-query-tiles.wgsl and backward-key-tiles.wgsl compute, for
// float16 storage. With p = e^(q.k / sqrt(D_QK) - lse) and dS = p (dO.v - delta): a workgroup that owns queries makes
// dq += dS k / sqrt(D_QK); one that owns keys (BY_KEY) makes dk += dS q / sqrt(D_QK) and dv += p dO. The same products,
// with the sides exchanged. Needs attention/matrices.wgsl, and a store file that supplies storeGradient.
//
// p and dS are rounded to float16 for the second products, by 2^-11 of their size at most, and below 2^-14 by 2^-25;
// everything else is float32. dS is not scaled before that, which would bring it closer to the smallest float16. What is
// too large becomes infinite, and so does the gradient.
// Workgroup (x, y, z): head of the run + HEAD_COUNT * batch, group + GROUPS * part, tile of own rows, the longest first.
// Constants: PARTS, into which streamed rows are split: each workgroup takes every PARTS-th tile of them.

@group(0) @binding(0) var<storage, read> qkv: array<vec4u>;
@group(0) @binding(1) var<storage, read> dO: array<vec4u>;           // [B * T, HEADS * D_V]
@group(0) @binding(2) var<storage, read> lse: array<f32>;            // [B, HEADS, T]
@group(0) @binding(3) var<storage, read> delta: array<f32>;          // [B, HEADS, T]

const OWN_QK = select(QUERY, KEY, BY_KEY);
const OWN_V = select(GRADIENT, VALUE, BY_KEY);
const STREAMED_QK = select(KEY, QUERY, BY_KEY);
const STREAMED_V = select(VALUE, GRADIENT, BY_KEY);
const OWN_ROWS = select(QUERY_ROWS, KEY_ROWS, BY_KEY);
const STREAMED_ROWS = select(KEY_ROWS, QUERY_ROWS, BY_KEY);
const STREAMED_TILES = (STREAMED_ROWS + STREAM * PARTS - 1u) / (STREAM * PARTS);
// Of queries: own, staged once, or streamed.
const QUERIES4 = select(OWN / 4u, STREAM4, BY_KEY);

// Log-sum-exps of the queries, as powers of two, then their deltas.
var<workgroup> statistics: array<vec4f, 2u * QUERIES4>;

// The rows of the other side that an own row sees, or is seen by.
fn rangeOf(head: u32, row: u32) -> vec2u {
  if (BY_KEY) { return queryRange(head, row); }
  return keyRange(head, row);
}

fn fetch(kind: u32, place: Place, row: u32, end: u32, d: u32) -> vec4u {
  if (kind != GRADIENT) { return fetchEight(kind, place, row, end, d); }
  if (row >= end || !rowInside(kind, place, row) || d >= V8) { return vec4u(); }
  return dO[outputIndex(place, row) / 2u + d];
}

fn fetchQK(place: Place, first: u32, end: u32, thread: u32) -> LoadsQK {
  var loads: LoadsQK;
  for (var turn = 0u; turn < QK_LOADS; turn++) { // unrolled
    let i = turn * THREADS + thread;
    if (i < STREAM * QK8) { loads[turn] = fetch(STREAMED_QK, place, first + i / QK8, end, i % QK8); }
  }
  return loads;
}

fn fetchV(place: Place, first: u32, end: u32, thread: u32) -> LoadsV {
  var loads: LoadsV;
  for (var turn = 0u; turn < V_LOADS; turn++) { // unrolled
    let i = turn * THREADS + thread;
    if (i < STREAM * V8) { loads[turn] = fetch(STREAMED_V, place, first + i / V8, end, i % V8); }
  }
  return loads;
}

// Four of the statistics. Queries outside get a log-sum-exp that leaves them no weight.
fn fetchStatistics(place: Place, first: u32, end: u32, thread: u32) -> vec4f {
  let isDelta = thread >= QUERIES4;
  var four = vec4f(select(-NO_KEYS, 0.0, isDelta));
  for (var j = 0u; j < 4u; j++) { // unrolled
    let row = first + (thread % QUERIES4) * 4u + j;
    if (thread < 2u * QUERIES4 && row < end && queryInside(place.group, row)) {
      if (isDelta) { four[j] = delta[lseIndex(place, row)]; } else { four[j] = lse[lseIndex(place, row)] * LOG2E; }
    }
  }
  return four;
}

// Each statistic of the queries in a four of an own row's scores.
fn statistic(isDelta: bool, own: u32, column: u32) -> vec4f {
  let first = select(0u, QUERIES4, isDelta);
  if (BY_KEY) { return statistics[first + column % QUERIES4]; }
  return vec4f(statistics[first + (own / 4u) % QUERIES4][own % 4u]);
}

// What float16 cannot hold becomes infinite, in the careful way of `narrow`, which is seldom needed.
fn half(x: vec4f) -> vec4<f16> {
  let size = abs(x);
  if (max(max(size.x, size.y), max(size.z, size.w)) > 65504.0) { return bitcast<vec4<f16>>(narrow(x)); }
  return vec4<f16>(x);
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
  let place = Place(id.x / HEAD_COUNT, FIRST_HEAD + id.x % HEAD_COUNT, id.y % GROUPS);
  let part = id.y / GROUPS;
  let firstRow = select(TILES - 1u - id.z, id.z, BY_KEY) * OWN;
  if (!rowInside(OWN_QK, place, firstRow)) { return; }
  let row = firstRow + own;
  let isInside = rowInside(OWN_QK, place, row);
  let seen = select(vec2u(), rangeOf(place.head, row), isInside);
  let firstRange = rangeOf(place.head, firstRow);
  let lastRange = rangeOf(place.head, min(firstRow + OWN, OWN_ROWS) - 1u);
  let end = min(STREAMED_ROWS, lastRange.y);

  let first = firstRange.x + part * STREAM;
  var loadsQK = fetchQK(place, first, end, thread);
  var loadsV = fetchV(place, first, end, thread);
  var loadsStatistics = fetchStatistics(place, select(firstRow, first, BY_KEY), select(OWN_ROWS, end, BY_KEY), thread);
  var ownQK: array<Left, PART_M * QK_K>;
  for (var chunk = 0u; chunk < QK_CHUNKS; chunk++) { // unrolled
    workgroupBarrier();
    for (var turn = 0u; turn < OWN_LOADS; turn++) { // unrolled
      let i = turn * THREADS + thread;
      let d = (chunk * STREAM + (i * 8u) % STREAM) / 8u;
      stageOwn(turn, fetch(OWN_QK, place, firstRow + i / (STREAM / 8u), OWN_ROWS, d), thread);
    }
    workgroupBarrier();
    for (var k = 0u; k < min(STREAM, D_QK - chunk * STREAM) / SIZE_K; k++) { // unrolled
      for (var i = 0u; i < PART_M; i++) { // unrolled
        ownQK[i * QK_K + chunk * STREAM_K + k] = subgroupMatrixLoad<Left, row_major>(&weights, (partRow + i * SIZE_M) * PITCH + k * SIZE_K / 4u, PITCH);
      }
    }
  }
  var ownV: array<Left, PART_M * V_K>;
  for (var chunk = 0u; chunk < V_CHUNKS; chunk++) { // unrolled
    workgroupBarrier();
    for (var turn = 0u; turn < OWN_LOADS; turn++) { // unrolled
      let i = turn * THREADS + thread;
      let d = (chunk * STREAM + (i * 8u) % STREAM) / 8u;
      stageOwn(turn, fetch(OWN_V, place, firstRow + i / (STREAM / 8u), OWN_ROWS, d), thread);
    }
    workgroupBarrier();
    for (var k = 0u; k < min(STREAM, D_V - chunk * STREAM) / SIZE_K; k++) { // unrolled
      for (var i = 0u; i < PART_M; i++) { // unrolled
        ownV[i * V_K + chunk * STREAM_K + k] = subgroupMatrixLoad<Left, row_major>(&weights, (partRow + i * SIZE_M) * PITCH + k * SIZE_K / 4u, PITCH);
      }
    }
  }

  var sumQK: array<Sum, PART_M * QK_N>;
  var sumV: array<Sum, PART_M * V_N>;
  for (var tile = 0u; tile < STREAMED_TILES; tile++) {
    let tileStart = first + tile * PARTS * STREAM;
    if (tileStart >= end) { break; }
    let next = tileStart + PARTS * STREAM;
    workgroupBarrier();
    stageQK(&loadsQK, thread);
    stageV(&loadsV, thread);
    if ((BY_KEY || tile == 0u) && thread < 2u * QUERIES4) { statistics[thread] = loadsStatistics; }
    workgroupBarrier();
    loadsQK = fetchQK(place, next, end, thread);
    loadsV = fetchV(place, next, end, thread);
    if (BY_KEY) { loadsStatistics = fetchStatistics(place, next, end, thread); }

    {
      var products = array<Sum, PART_M * STREAM_N>();
      for (var k = 0u; k < QK_K; k++) { // unrolled
        for (var j = 0u; j < STREAM_N; j++) { // unrolled
          let right = subgroupMatrixLoad<Right, col_major>(&tileQK, j * SIZE_N * PITCH_QK + k * SIZE_K / 4u, PITCH_QK);
          for (var i = 0u; i < PART_M; i++) { // unrolled
            products[i * STREAM_N + j] = subgroupMatrixMultiplyAccumulate(ownQK[i * QK_K + k], right, products[i * STREAM_N + j]);
          }
        }
      }
      for (var j = 0u; j < STREAM_N; j++) { // unrolled
        for (var i = 0u; i < PART_M; i++) { // unrolled
          subgroupMatrixStore<row_major>(&scores, (partRow + i * SIZE_M) * PITCH + j * SIZE_N / 4u, products[i * STREAM_N + j], PITCH);
        }
      }
    }
    workgroupBarrier();
    // Seen whole by every own row.
    let isWhole = tileStart >= lastRange.x && tileStart + STREAM <= firstRange.y;
    var p: array<vec4f, FOURS>;
    for (var turn = 0u; turn < FOURS; turn++) { // unrolled
      let column = turn * SHARERS + sharer;
      p[turn] = exp2(fma(scores[own * PITCH + column], vec4f(SCORE_SCALE), -statistic(false, own, column)));
      if (!isWhole) {
        let other = vec4u(0u, 1u, 2u, 3u) + (tileStart + column * 4u);
        p[turn] = select(vec4f(), p[turn], (other >= vec4u(seen.x)) & (other < vec4u(seen.y)));
      }
      if (BY_KEY) { weights[own * PITCH + column] = vec4<f16>(p[turn]); }
    }
    workgroupBarrier();

    {
      var products = array<Sum, PART_M * STREAM_N>();
      for (var k = 0u; k < V_K; k++) { // unrolled
        for (var j = 0u; j < STREAM_N; j++) { // unrolled
          let right = subgroupMatrixLoad<Right, col_major>(&tileV, j * SIZE_N * PITCH_V + k * SIZE_K / 4u, PITCH_V);
          for (var i = 0u; i < PART_M; i++) { // unrolled
            products[i * STREAM_N + j] = subgroupMatrixMultiplyAccumulate(ownV[i * V_K + k], right, products[i * STREAM_N + j]);
          }
        }
      }
      for (var j = 0u; j < STREAM_N; j++) { // unrolled
        for (var i = 0u; i < PART_M; i++) { // unrolled
          subgroupMatrixStore<row_major>(&scores, (partRow + i * SIZE_M) * PITCH + j * SIZE_N / 4u, products[i * STREAM_N + j], PITCH);
        }
      }
    }
    if (BY_KEY) {
      for (var k = 0u; k < STREAM_K; k++) { // unrolled
        var left: array<Left, PART_M>;
        for (var i = 0u; i < PART_M; i++) { // unrolled
          left[i] = subgroupMatrixLoad<Left, row_major>(&weights, (partRow + i * SIZE_M) * PITCH + k * SIZE_K / 4u, PITCH);
        }
        for (var j = 0u; j < V_N; j++) { // unrolled
          let right = subgroupMatrixLoad<Right, row_major>(&tileV, k * SIZE_K * PITCH_V + j * SIZE_N / 4u, PITCH_V);
          for (var i = 0u; i < PART_M; i++) { // unrolled
            sumV[i * V_N + j] = subgroupMatrixMultiplyAccumulate(left[i], right, sumV[i * V_N + j]);
          }
        }
      }
    }
    workgroupBarrier();
    for (var turn = 0u; turn < FOURS; turn++) { // unrolled
      let column = turn * SHARERS + sharer;
      let dS = p[turn] * (scores[own * PITCH + column] - statistic(true, own, column));
      weights[own * PITCH + column] = half(dS);
    }
    workgroupBarrier();
    for (var k = 0u; k < STREAM_K; k++) { // unrolled
      var left: array<Left, PART_M>;
      for (var i = 0u; i < PART_M; i++) { // unrolled
        left[i] = subgroupMatrixLoad<Left, row_major>(&weights, (partRow + i * SIZE_M) * PITCH + k * SIZE_K / 4u, PITCH);
      }
      for (var j = 0u; j < QK_N; j++) { // unrolled
        let right = subgroupMatrixLoad<Right, row_major>(&tileQK, k * SIZE_K * PITCH_QK + j * SIZE_N / 4u, PITCH_QK);
        for (var i = 0u; i < PART_M; i++) { // unrolled
          sumQK[i * QK_N + j] = subgroupMatrixMultiplyAccumulate(left[i], right, sumQK[i * QK_N + j]);
        }
      }
    }
  }

  for (var chunk = 0u; chunk < QK_CHUNKS; chunk++) { // unrolled
    workgroupBarrier();
    for (var j = 0u; j < min(STREAM, D_QK - chunk * STREAM) / SIZE_N; j++) { // unrolled
      for (var i = 0u; i < PART_M; i++) { // unrolled
        subgroupMatrixStore<row_major>(&scores, (partRow + i * SIZE_M) * PITCH + j * SIZE_N / 4u, sumQK[i * QK_N + chunk * STREAM_N + j], PITCH);
      }
    }
    workgroupBarrier();
    for (var turn = 0u; turn < FOURS; turn++) { // unrolled
      let column = turn * SHARERS + sharer;
      let d = chunk * STREAM4 + column;
      if (isInside && d < QK4) { storeGradient(OWN_QK, part, place, row, d, scores[own * PITCH + column] * SCALE); }
    }
  }
  if (BY_KEY) {
    for (var chunk = 0u; chunk < V_CHUNKS; chunk++) { // unrolled
      workgroupBarrier();
      for (var j = 0u; j < min(STREAM, D_V - chunk * STREAM) / SIZE_N; j++) { // unrolled
        for (var i = 0u; i < PART_M; i++) { // unrolled
          subgroupMatrixStore<row_major>(&scores, (partRow + i * SIZE_M) * PITCH + j * SIZE_N / 4u, sumV[i * V_N + chunk * STREAM_N + j], PITCH);
        }
      }
      workgroupBarrier();
      for (var turn = 0u; turn < FOURS; turn++) { // unrolled
        let column = turn * SHARERS + sharer;
        let d = chunk * STREAM4 + column;
        if (isInside && d < V4) { storeGradient(VALUE, part, place, row, d, scores[own * PITCH + column]); }
      }
    }
  }
}
