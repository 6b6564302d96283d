// out[M, N] = op(a)[M, K] . op(b)[K, N] on subgroup matrices (tensor cores): what tiled.wgsl computes, where the adapter
// multiplies small matrices at once, of float16 with float32 sums. Needs common/packed.wgsl and common/matrices.wgsl.
// ORDER_A, ORDER_B and TARGET stand where src/kernels/matmul.ts puts the order in which a tile is read, and where
// results are stored: in workgroup memory, on their way to the epilogue or, where DIRECT, in out at once.
//
// A workgroup of SUBGROUPS_M x SUBGROUPS_N subgroups makes a tile of ROWS x COLUMNS of the output, DEPTH of K at a time;
// a subgroup makes a part of it as MATRICES_M x MATRICES_N matrices. Tiles stand in workgroup memory, in float16, as
// they stand in the buffers, and are transposed as they are loaded into matrices. What one row or column of
// subgroups reads is an array of its own: its matrices then lie at constant places, which need no checks of bounds.
// The next slice of K is fetched into registers before the products of this one.
// Constants and epilogue as in tiled.wgsl; and SUBGROUPS_M, SUBGROUPS_N, STRIP (matrices side by side that go to the
// epilogue at a time), DIRECT. Rows in a or b divide by 8 elements. Extents are constants here: as a uniform they would make
// the steps of a model 8% longer.

@group(0) @binding(0) var<storage, read> a: array<vec4u>;
@group(0) @binding(1) var<storage, read> b: array<vec4u>;

const SUBGROUPS = SUBGROUPS_M * SUBGROUPS_N;
const THREADS = SUBGROUPS * LANES;
const PART_M = ROWS / SUBGROUPS_M;
const PART_N = COLUMNS / SUBGROUPS_N;
const MATRICES_M = PART_M / SIZE_M;
const MATRICES_N = PART_N / SIZE_N;
// Rows of the tiles, in eights as they are fetched.
const EIGHTS_A = select(DEPTH, ROWS, TRANSPOSE_A) / 8u;
const EIGHTS_B = select(COLUMNS, DEPTH, TRANSPOSE_B) / 8u;
// Pitch of a part's rows, in fours: eight elements more than needed, against bank conflicts.
const PITCH_A = select(DEPTH, PART_M, TRANSPOSE_A) / 4u + 2u;
const PITCH_B = select(PART_N, DEPTH, TRANSPOSE_B) / 4u + 2u;
const LOADS_A = ROWS * DEPTH / 8u / THREADS;
const LOADS_B = COLUMNS * DEPTH / 8u / THREADS;
// A row of a part's matrices goes to the epilogue in strips: their width, the pitch of their rows in fours, and fours.
const STRIPS = MATRICES_N / STRIP;
const WIDTH_STRIP = STRIP * SIZE_N;
const PITCH_STRIP = WIDTH_STRIP / 4u + 1u;
const STRIP_FOURS = SIZE_M * WIDTH_STRIP / 4u;
const FINISH_TURNS = (STRIP_FOURS + LANES - 1u) / LANES;
const PARTED = extents.K_PART < extents.K;

alias PartA = array<vec4<f16>, select(PART_M, DEPTH, TRANSPOSE_A) * PITCH_A>;
alias PartB = array<vec4<f16>, select(DEPTH, PART_N, TRANSPOSE_B) * PITCH_B>;
// What a subgroup gives to the epilogue at a time.
alias Strip = array<vec4f, select(SIZE_M * PITCH_STRIP, 1u, DIRECT)>;

var<workgroup> tileA: array<PartA, SUBGROUPS_M>;
var<workgroup> tileB: array<PartB, SUBGROUPS_N>;
var<workgroup> results: array<Strip, SUBGROUPS>;

// Row and k of the first of the index-th eight elements of a slice of op(a); column and k, of op(b).
fn eightA(index: u32) -> vec2u {
  let along = (index % EIGHTS_A) * 8u;
  let across = index / EIGHTS_A;
  return select(vec2u(across, along), vec2u(along, across), TRANSPOSE_A);
}

fn eightB(index: u32) -> vec2u {
  let along = (index % EIGHTS_B) * 8u;
  let across = index / EIGHTS_B;
  return select(vec2u(along, across), vec2u(across, along), TRANSPOSE_B);
}

fn fetchA(row0: u32, k0: u32, kEnd: u32, index: u32) -> vec4u {
  let place = eightA(index) + vec2u(row0, k0);
  if (!(WHOLE_K || place.y < kEnd) || !(WHOLE_M || place.x < extents.M)) { return vec4u(); }
  return a[select(place.x * extents.K + place.y, place.y * extents.M + place.x, TRANSPOSE_A) / 8u];
}

fn fetchB(column0: u32, k0: u32, kEnd: u32, index: u32) -> vec4u {
  let place = eightB(index) + vec2u(column0, k0);
  if (!(WHOLE_K || place.y < kEnd) || !(WHOLE_N || place.x < extents.N)) { return vec4u(); }
  return b[select(place.y * extents.N + place.x, place.x * extents.K + place.y, TRANSPOSE_B) / 8u];
}

// The index-th eight elements of a slice, into the tile. Places are bounded in sight of the compiler, by remainders and of
// scalars alone, so that it leaves its checks of bounds out, and may store eight elements at once.
fn storeA(index: u32, value: vec4u) {
  let eight = index % (ROWS * DEPTH / 8u);
  let across = eight / EIGHTS_A;
  let along = eight % EIGHTS_A;
  if (TRANSPOSE_A) {
    let at = across * PITCH_A + (along % (PART_M / 8u)) * 2u;
    tileA[along / (PART_M / 8u)][at] = bitcast<vec4<f16>>(value.xy);
    tileA[along / (PART_M / 8u)][at + 1u] = bitcast<vec4<f16>>(value.zw);
  } else {
    let at = (across % PART_M) * PITCH_A + along * 2u;
    tileA[across / PART_M][at] = bitcast<vec4<f16>>(value.xy);
    tileA[across / PART_M][at + 1u] = bitcast<vec4<f16>>(value.zw);
  }
}

fn storeB(index: u32, value: vec4u) {
  let eight = index % (COLUMNS * DEPTH / 8u);
  let across = eight / EIGHTS_B;
  let along = eight % EIGHTS_B;
  if (TRANSPOSE_B) {
    let at = (across % PART_N) * PITCH_B + along * 2u;
    tileB[across / PART_N][at] = bitcast<vec4<f16>>(value.xy);
    tileB[across / PART_N][at + 1u] = bitcast<vec4<f16>>(value.zw);
  } else {
    let at = across * PITCH_B + (along % (PART_N / 8u)) * 2u;
    tileB[along / (PART_N / 8u)][at] = bitcast<vec4<f16>>(value.xy);
    tileB[along / (PART_N / 8u)][at + 1u] = bitcast<vec4<f16>>(value.zw);
  }
}

// Where a row and k of op(a) lie within a part of the tile, in fours; and k and a column of op(b).
fn placeA(row: u32, k: u32) -> u32 {
  return select(row * PITCH_A + k / 4u, k * PITCH_A + row / 4u, TRANSPOSE_A);
}

fn placeB(k: u32, column: u32) -> u32 {
  return select(k * PITCH_B + column / 4u, column * PITCH_B + k / 4u, TRANSPOSE_B);
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_id) subgroupIndex: u32,
  @builtin(subgroup_invocation_id) laneIndex: u32,
) {
  let thread = index % THREADS;
  let subgroup = subgroupIndex % SUBGROUPS;
  let lane = laneIndex % LANES;
  let partM = subgroup / SUBGROUPS_N;
  let partN = subgroup % SUBGROUPS_N;
  let column0 = group.x * COLUMNS;
  let row0 = group.y * ROWS;
  let part = select(0u, group.z, PARTED);
  let kStart = part * extents.K_PART;
  let kEnd = min(extents.K, kStart + extents.K_PART);
  var acc: array<Sum, MATRICES_M * MATRICES_N>;
  var nextA: array<vec4u, LOADS_A>;
  var nextB: array<vec4u, LOADS_B>;
  for (var i = 0u; i < LOADS_A; i++) { // unrolled
    nextA[i] = fetchA(row0, kStart, kEnd, i * THREADS + thread);
  }
  for (var i = 0u; i < LOADS_B; i++) { // unrolled
    nextB[i] = fetchB(column0, kStart, kEnd, i * THREADS + thread);
  }
  for (var slice = 0u; slice < extents.K_PART / DEPTH; slice++) {
    let k0 = kStart + slice * DEPTH;
    if (!WHOLE_K && k0 >= kEnd) { break; }
    workgroupBarrier();
    for (var i = 0u; i < LOADS_A; i++) { // unrolled
      storeA(i * THREADS + thread, nextA[i]);
    }
    for (var i = 0u; i < LOADS_B; i++) { // unrolled
      storeB(i * THREADS + thread, nextB[i]);
    }
    workgroupBarrier();
    // Behind the last slice its own is fetched once more, for nothing: cheaper than to ask each time.
    let next = select(k0 + DEPTH, min(k0 + DEPTH, kEnd - DEPTH), WHOLE_K);
    for (var i = 0u; i < LOADS_A; i++) { // unrolled
      nextA[i] = fetchA(row0, next, kEnd, i * THREADS + thread);
    }
    for (var i = 0u; i < LOADS_B; i++) { // unrolled
      nextB[i] = fetchB(column0, next, kEnd, i * THREADS + thread);
    }
    for (var k = 0u; k < DEPTH / SIZE_K; k++) { // unrolled
      var left: array<Left, MATRICES_M>;
      for (var i = 0u; i < MATRICES_M; i++) { // unrolled
        left[i] = subgroupMatrixLoad<Left, ORDER_A>(&tileA[partM], placeA(i * SIZE_M, k * SIZE_K), PITCH_A);
      }
      for (var j = 0u; j < MATRICES_N; j++) { // unrolled
        let right = subgroupMatrixLoad<Right, ORDER_B>(&tileB[partN], placeB(k * SIZE_K, j * SIZE_N), PITCH_B);
        for (var i = 0u; i < MATRICES_M; i++) { // unrolled
          acc[i * MATRICES_N + j] = subgroupMatrixMultiplyAccumulate(left[i], right, acc[i * MATRICES_N + j]);
        }
      }
    }
  }
  // Strip by strip through workgroup memory: matrices have no elements that a thread could name. What the epilogue
  // reads of a row of strips is fetched before the first of them, all at once.
  for (var i = 0u; i < MATRICES_M; i++) { // unrolled
    let row = row0 + partM * PART_M + i * SIZE_M;
    var before: array<vec4f, STRIPS * FINISH_TURNS>;
    for (var turn = 0u; turn < STRIPS * FINISH_TURNS; turn++) { // unrolled
      let place = placeInStrip(turn % FINISH_TURNS, lane) + vec2u(row, column0 + partN * PART_N + (turn / FINISH_TURNS) * WIDTH_STRIP);
      if (isFinished(turn % FINISH_TURNS, lane, place)) { before[turn] = readBefore(place.x, place.y); }
    }
    for (var strip = 0u; strip < STRIPS; strip++) { // unrolled
      let column = column0 + partN * PART_N + strip * WIDTH_STRIP;
      if (!DIRECT) { workgroupBarrier(); }
      let start = select(0u, (part * extents.M * extents.N + row * extents.N + column) / 4u, DIRECT);
      for (var j = 0u; j < STRIP; j++) { // unrolled
        let sum = acc[i * MATRICES_N + strip * STRIP + j];
        subgroupMatrixStore<row_major>(&TARGET, start + j * SIZE_N / 4u, sum, select(PITCH_STRIP, extents.N / 4u, DIRECT));
      }
      if (!DIRECT) { workgroupBarrier(); }
      for (var turn = 0u; turn < FINISH_TURNS; turn++) { // unrolled
        let inStrip = placeInStrip(turn, lane);
        let place = inStrip + vec2u(row, column);
        if (isFinished(turn, lane, place)) {
          let four = turn * LANES + lane;
          let at = four / (WIDTH_STRIP / 4u) * PITCH_STRIP + four % (WIDTH_STRIP / 4u);
          let value = results[subgroup][at];
          finish(part, place.x, place.y, value, before[strip * FINISH_TURNS + turn]);
        }
      }
    }
  }
}

// Row and first column, within a strip, of the four that a lane finishes in a turn.
fn placeInStrip(turn: u32, lane: u32) -> vec2u {
  let four = turn * LANES + lane;
  return vec2u(four / (WIDTH_STRIP / 4u), (four % (WIDTH_STRIP / 4u)) * 4u);
}

// Whether a lane finishes anything there: a small strip has fewer fours than a subgroup has lanes. Where all do, this is
// a constant: loads behind a branch would wait for each other.
fn isFinished(turn: u32, lane: u32, place: vec2u) -> bool {
  let inStrip = STRIP_FOURS % LANES == 0u || turn * LANES + lane < STRIP_FOURS;
  return !DIRECT && inStrip && (WHOLE_M || place.x < extents.M) && (WHOLE_N || place.y < extents.N);
}
