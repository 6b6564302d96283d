// out[M, N] = op(a)[M, K] . op(b)[K, N], in tiles kept in workgroup memory.
//
// A workgroup of 16 x 16 threads makes a tile of 64 ROW_GROUPS x 64 COLUMN_GROUPS of the output, DEPTH of K at a
// time; a thread makes 4 x 4 of every 64 x 64 in it. A slice of K is fetched into registers before the barrier that
// frees the tiles, so that its way from memory overlaps with the products of slower threads.
// Workgroup (x, y, z): tile column, tile row, and part z of K when K is split.
// Constants: M, N, K, TRANSPOSE_A (a is stored [K, M]), TRANSPOSE_B (b is stored [N, K]), K_PART (K of one part, a
// multiple of DEPTH), ROW_GROUPS, COLUMN_GROUPS, DEPTH (16, so that every thread fetches whole vec4s). M or K may be any number where it counts tokens; all other
// extents divide by 4. An epilogue file supplies  finish(part, row, column, value)  for four neighbouring columns.

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;

const ROWS = 64u * ROW_GROUPS;
const COLUMNS = 64u * COLUMN_GROUPS;
// Tiles stand as [k][m] and [k][n], so that a step of the product reads vec4s of each; one vec4 more a row than
// needed, against bank conflicts.
const PITCH_A = ROWS / 4u + 1u;
const PITCH_B = COLUMNS / 4u + 1u;
const LOADS_A = DEPTH * ROWS / 1024u;
const LOADS_B = DEPTH * COLUMNS / 1024u;

var<workgroup> tileA: array<vec4f, DEPTH * PITCH_A>;
var<workgroup> tileB: array<vec4f, DEPTH * PITCH_B>;

// The index-th vec4 of a slice of op(a): along m where a is stored [K, M], along k otherwise.
fn fetchA(row0: u32, k0: u32, kEnd: u32, index: u32) -> vec4f {
  var value = vec4f();
  if (TRANSPOSE_A) {
    let k = k0 + index / (ROWS / 4u);
    let m = row0 + (index % (ROWS / 4u)) * 4u;
    if (k < kEnd && m < M) { value = a[(k * M + m) / 4u]; }
  } else {
    let m = row0 + index / (DEPTH / 4u);
    let k = k0 + (index % (DEPTH / 4u)) * 4u;
    if (m < M && k < kEnd) { value = a[(m * K + k) / 4u]; }
  }
  return value;
}

fn storeA(index: u32, value: vec4f) {
  if (TRANSPOSE_A) {
    tileA[(index / (ROWS / 4u)) * PITCH_A + index % (ROWS / 4u)] = value;
  } else {
    let m = index / (DEPTH / 4u);
    let k = (index % (DEPTH / 4u)) * 4u;
    tileA[(k + 0u) * PITCH_A + m / 4u][m % 4u] = value.x;
    tileA[(k + 1u) * PITCH_A + m / 4u][m % 4u] = value.y;
    tileA[(k + 2u) * PITCH_A + m / 4u][m % 4u] = value.z;
    tileA[(k + 3u) * PITCH_A + m / 4u][m % 4u] = value.w;
  }
}

// The index-th vec4 of a slice of op(b): along n where b is stored [K, N], along k otherwise.
fn fetchB(column0: u32, k0: u32, kEnd: u32, index: u32) -> vec4f {
  var value = vec4f();
  if (TRANSPOSE_B) {
    let n = column0 + index / (DEPTH / 4u);
    let k = k0 + (index % (DEPTH / 4u)) * 4u;
    if (n < N && k < kEnd) { value = b[(n * K + k) / 4u]; }
  } else {
    let k = k0 + index / (COLUMNS / 4u);
    let n = column0 + (index % (COLUMNS / 4u)) * 4u;
    if (k < kEnd && n < N) { value = b[(k * N + n) / 4u]; }
  }
  return value;
}

fn storeB(index: u32, value: vec4f) {
  if (TRANSPOSE_B) {
    let n = index / (DEPTH / 4u);
    let k = (index % (DEPTH / 4u)) * 4u;
    tileB[(k + 0u) * PITCH_B + n / 4u][n % 4u] = value.x;
    tileB[(k + 1u) * PITCH_B + n / 4u][n % 4u] = value.y;
    tileB[(k + 2u) * PITCH_B + n / 4u][n % 4u] = value.z;
    tileB[(k + 3u) * PITCH_B + n / 4u][n % 4u] = value.w;
  } else {
    tileB[(index / (COLUMNS / 4u)) * PITCH_B + index % (COLUMNS / 4u)] = value;
  }
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let column0 = group.x * COLUMNS;
  let row0 = group.y * ROWS;
  let kStart = group.z * K_PART;
  let kEnd = min(K, kStart + K_PART);
  let tx = thread % 16u;
  let ty = thread / 16u;
  // Of row group r and column group c, the four rows at (r * COLUMN_GROUPS + c) * 4.
  var acc: array<vec4f, 4u * ROW_GROUPS * COLUMN_GROUPS>;
  var nextA: array<vec4f, LOADS_A>;
  var nextB: array<vec4f, LOADS_B>;
  // A constant bound and a step of one keep the compiler's guard against endless loops out.
  for (var slice = 0u; slice < K_PART / DEPTH; slice++) {
    let k0 = kStart + slice * DEPTH;
    if (k0 >= kEnd) { break; }
    for (var i = 0u; i < LOADS_A; i++) { nextA[i] = fetchA(row0, k0, kEnd, i * 256u + thread); }
    for (var i = 0u; i < LOADS_B; i++) { nextB[i] = fetchB(column0, k0, kEnd, i * 256u + thread); }
    workgroupBarrier();
    for (var i = 0u; i < LOADS_A; i++) { storeA(i * 256u + thread % 256u, nextA[i]); }
    for (var i = 0u; i < LOADS_B; i++) { storeB(i * 256u + thread % 256u, nextB[i]); }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      var left: array<vec4f, ROW_GROUPS>;
      var right: array<vec4f, COLUMN_GROUPS>;
      for (var r = 0u; r < ROW_GROUPS; r++) { left[r] = tileA[k * PITCH_A + r * 16u + ty]; }
      for (var c = 0u; c < COLUMN_GROUPS; c++) { right[c] = tileB[k * PITCH_B + c * 16u + tx]; }
      for (var r = 0u; r < ROW_GROUPS; r++) {
        for (var c = 0u; c < COLUMN_GROUPS; c++) {
          let at = (r * COLUMN_GROUPS + c) * 4u;
          acc[at] = fma(vec4f(left[r].x), right[c], acc[at]);
          acc[at + 1u] = fma(vec4f(left[r].y), right[c], acc[at + 1u]);
          acc[at + 2u] = fma(vec4f(left[r].z), right[c], acc[at + 2u]);
          acc[at + 3u] = fma(vec4f(left[r].w), right[c], acc[at + 3u]);
        }
      }
    }
  }
  for (var r = 0u; r < ROW_GROUPS; r++) {
    for (var i = 0u; i < 4u; i++) {
      let row = row0 + r * 64u + ty * 4u + i;
      if (row >= M) { continue; }
      for (var c = 0u; c < COLUMN_GROUPS; c++) {
        let column = column0 + c * 64u + tx * 4u;
        if (column < N) { finish(group.z, row, column, acc[(r * COLUMN_GROUPS + c) * 4u + i]); }
      }
    }
  }
}
