// out[M, N] = op(a)[M, K] . op(b)[K, N] on subgroup matrices: what tiled.wgsl computes, where the adapter multiplies
// small float16 matrices at once. Needs matmul/subgroup-matrices.wgsl and common/packed.wgsl.
//
// A workgroup of SUBGROUPS_M x SUBGROUPS_N subgroups makes a tile of ROWS x COLUMNS of the output, DEPTH of K at a time;
// a subgroup makes a part of it as MATRICES_M x MATRICES_N matrices. Tiles stand in workgroup memory as they stand
// in the buffers, float16, and are transposed as they are loaded into matrices. The next slice of K is fetched into
// registers before the products of this one.
// Constants and epilogue as in tiled.wgsl; and SUBGROUPS_M, SUBGROUPS_N, LANES (threads of a subgroup). Rows in a or b
// divide by 8 elements.

@group(0) @binding(0) var<storage, read> a: array<vec4u>;
@group(0) @binding(1) var<storage, read> b: array<vec4u>;

const SUBGROUPS = SUBGROUPS_M * SUBGROUPS_N;
const THREADS = SUBGROUPS * LANES;
const PART_M = ROWS / SUBGROUPS_M;
const PART_N = COLUMNS / SUBGROUPS_N;
const MATRICES_M = PART_M / SIZE_M;
const MATRICES_N = PART_N / SIZE_N;
// Rows of the tiles, in elements as they are stored, and their pitch in fours: eight elements more than needed,
// against bank conflicts.
const WIDTH_A = select(DEPTH, ROWS, TRANSPOSE_A);
const WIDTH_B = select(COLUMNS, DEPTH, TRANSPOSE_B);
const PITCH_A = WIDTH_A / 4u + 2u;
const PITCH_B = WIDTH_B / 4u + 2u;
const LOADS_A = ROWS * DEPTH / 8u / THREADS;
const LOADS_B = COLUMNS * DEPTH / 8u / THREADS;
const PITCH_RESULT = PART_N;
const WHOLE_M = M % ROWS == 0u;
const WHOLE_N = N % COLUMNS == 0u;
const WHOLE_K = K % K_PART == 0u;

var<workgroup> tileA: array<vec4<f16>, ROWS * DEPTH / WIDTH_A * PITCH_A>;
var<workgroup> tileB: array<vec4<f16>, COLUMNS * DEPTH / WIDTH_B * PITCH_B>;
// A row of matrices of each subgroup, on its way to the epilogue.
var<workgroup> results: array<f32, SUBGROUPS * SIZE_M * PITCH_RESULT>;

// The index-th eight elements of a slice of a.
fn fetchA(row0: u32, k0: u32, kEnd: u32, index: u32) -> vec4u {
  let along = (index % (WIDTH_A / 8u)) * 8u;
  let across = index / (WIDTH_A / 8u);
  let m = row0 + select(across, along, TRANSPOSE_A);
  let k = k0 + select(along, across, TRANSPOSE_A);
  if (k >= kEnd || !(WHOLE_M || m < M)) { return vec4u(); }
  return a[select(m * K + k, k * M + m, TRANSPOSE_A) / 8u];
}

fn fetchB(column0: u32, k0: u32, kEnd: u32, index: u32) -> vec4u {
  let along = (index % (WIDTH_B / 8u)) * 8u;
  let across = index / (WIDTH_B / 8u);
  let n = column0 + select(along, across, TRANSPOSE_B);
  let k = k0 + select(across, along, TRANSPOSE_B);
  if (k >= kEnd || !(WHOLE_N || n < N)) { return vec4u(); }
  return b[select(k * N + n, n * K + k, TRANSPOSE_B) / 8u];
}

fn storeA(index: u32, value: vec4u) {
  let at = (index / (WIDTH_A / 8u)) * PITCH_A + (index % (WIDTH_A / 8u)) * 2u;
  tileA[at] = bitcast<vec4<f16>>(value.xy);
  tileA[at + 1u] = bitcast<vec4<f16>>(value.zw);
}

fn storeB(index: u32, value: vec4u) {
  let at = (index / (WIDTH_B / 8u)) * PITCH_B + (index % (WIDTH_B / 8u)) * 2u;
  tileB[at] = bitcast<vec4<f16>>(value.xy);
  tileB[at + 1u] = bitcast<vec4<f16>>(value.zw);
}

// The matrix of op(a) whose first row and k, within the tile, are these; and of op(b).
fn leftAt(row: u32, k: u32) -> Left {
  if (TRANSPOSE_A) { return loadLeftTransposed(k * PITCH_A + row / 4u); }
  return loadLeft(row * PITCH_A + k / 4u);
}

fn rightAt(k: u32, column: u32) -> Right {
  if (TRANSPOSE_B) { return loadRightTransposed(column * PITCH_B + k / 4u); }
  return loadRight(k * PITCH_B + column / 4u);
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
  let partRow = (subgroup / SUBGROUPS_N) * PART_M;
  let partColumn = (subgroup % SUBGROUPS_N) * PART_N;
  let column0 = group.x * COLUMNS;
  let row0 = group.y * ROWS;
  let kStart = group.z * K_PART;
  let kEnd = min(K, kStart + K_PART);
  var acc: array<Sum, MATRICES_M * MATRICES_N>;
  var nextA: array<vec4u, LOADS_A>;
  var nextB: array<vec4u, LOADS_B>;
  for (var i = 0u; i < LOADS_A; i++) { // unrolled
    nextA[i] = fetchA(row0, kStart, kEnd, i * THREADS + thread);
  }
  for (var i = 0u; i < LOADS_B; i++) { // unrolled
    nextB[i] = fetchB(column0, kStart, kEnd, i * THREADS + thread);
  }
  for (var slice = 0u; slice < K_PART / DEPTH; slice++) {
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
    for (var i = 0u; i < LOADS_A; i++) { // unrolled
      nextA[i] = fetchA(row0, k0 + DEPTH, kEnd, i * THREADS + thread);
    }
    for (var i = 0u; i < LOADS_B; i++) { // unrolled
      nextB[i] = fetchB(column0, k0 + DEPTH, kEnd, i * THREADS + thread);
    }
    for (var k = 0u; k < DEPTH / SIZE_K; k++) { // unrolled
      var left: array<Left, MATRICES_M>;
      for (var i = 0u; i < MATRICES_M; i++) { // unrolled
        left[i] = leftAt(partRow + i * SIZE_M, k * SIZE_K);
      }
      for (var j = 0u; j < MATRICES_N; j++) { // unrolled
        let right = rightAt(k * SIZE_K, partColumn + j * SIZE_N);
        for (var i = 0u; i < MATRICES_M; i++) { // unrolled
          acc[i * MATRICES_N + j] = multiplyAdd(left[i], right, acc[i * MATRICES_N + j]);
        }
      }
    }
  }
  // Row of matrices by row, through workgroup memory: matrices have no elements that a thread could name.
  let base = subgroup * SIZE_M * PITCH_RESULT;
  for (var i = 0u; i < MATRICES_M; i++) { // unrolled
    workgroupBarrier();
    for (var j = 0u; j < MATRICES_N; j++) { // unrolled
      storeSum(base + j * SIZE_N, acc[i * MATRICES_N + j]);
    }
    workgroupBarrier();
    for (var turn = 0u; turn < SIZE_M * PART_N / 4u / LANES; turn++) {
      let four = turn * LANES + lane;
      let row = row0 + partRow + i * SIZE_M + four / (PART_N / 4u);
      let column = column0 + partColumn + (four % (PART_N / 4u)) * 4u;
      let at = base + four * 4u;
      if ((WHOLE_M || row < M) && (WHOLE_N || column < N)) {
        finish(group.z, row, column, vec4f(results[at], results[at + 1u], results[at + 2u], results[at + 3u]));
      }
    }
  }
}
