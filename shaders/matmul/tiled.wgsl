// out[M, N] = op(a)[M, K] . op(b)[K, N], in tiles kept in workgroup memory.
//
// A workgroup makes a tile of ROWS x COLUMNS of the output, DEPTH of K at a time; a thread makes ROW_BLOCKS x
// COLUMN_BLOCKS blocks of 4 x 4 of it, which lie apart by all the threads' blocks. The next slice of K is fetched into registers before the products
// of this one, so that its way from memory overlaps with them.
// Workgroup (x, y, z): tile column, tile row, and part z of K when K is split.
// Constants: TRANSPOSE_A (a is stored [K, M]), TRANSPOSE_B (b is stored [N, K]), ROWS, COLUMNS, DEPTH, of which K_PART is a
// multiple, ROW_BLOCKS, COLUMN_BLOCKS (1 or 2); WHOLE_M, WHOLE_N, WHOLE_K: where extents divide by ROWS, COLUMNS and
// K_PART, the checks of edges are left out. M or K may be any number where it counts tokens; all other extents divide by 4.
// Needs matmul/extents-uniform.wgsl, and common/full.wgsl or packed.wgsl. An epilogue file supplies, for four neighbouring
// columns, readBefore(row, column), which is what it needs to read of this place, and
// finish(part, row, column, value, before).

@group(0) @binding(0) var<storage, read> a: array<Stored>;
@group(0) @binding(1) var<storage, read> b: array<Stored>;

const TX = COLUMNS / (4u * COLUMN_BLOCKS);
const TY = ROWS / (4u * ROW_BLOCKS);
const THREADS = TX * TY;
// Tiles stand as [k][m] and [k][n], so that a step of the product reads vec4s of each; one vec4 more a row than
// needed, against bank conflicts. What is turned on its way there is written in columns of four, by threads whose four
// rows begin four apart: SKEW more vec4s behind every fourth row send these to banks of their own. So row k begins at
// k PITCH + k / 4 SKEW, which is written out where it is used: behind a function the compiler would not see that an
// access lies inside its array, and clamp it.
const PITCH_A = ROWS / 4u + 1u;
const PITCH_B = COLUMNS / 4u + 1u;
const SKEW_A = select(2u, 0u, TRANSPOSE_A);
const SKEW_B = select(0u, 2u, TRANSPOSE_B);
const LOADS_A = DEPTH * ROWS / 4u / THREADS;
const LOADS_B = DEPTH * COLUMNS / 4u / THREADS;
var<workgroup> tileA: array<vec4f, DEPTH * PITCH_A + DEPTH / 4u * SKEW_A>;
var<workgroup> tileB: array<vec4f, DEPTH * PITCH_B + DEPTH / 4u * SKEW_B>;

// The index-th four of a slice of op(a): along m where a is stored [K, M], along k otherwise.
fn fetchA(row0: u32, k0: u32, kEnd: u32, index: u32) -> Stored {
  var value = Stored();
  if (TRANSPOSE_A) {
    let k = k0 + index / (ROWS / 4u);
    let m = row0 + (index % (ROWS / 4u)) * 4u;
    if ((WHOLE_K || k < kEnd) && (WHOLE_M || m < extents.M)) { value = a[(k * extents.M + m) / 4u]; }
  } else {
    let m = row0 + index / (DEPTH / 4u);
    let k = k0 + (index % (DEPTH / 4u)) * 4u;
    if ((WHOLE_M || m < extents.M) && (WHOLE_K || k < kEnd)) { value = a[(m * extents.K + k) / 4u]; }
  }
  return value;
}

fn storeA(index: u32, value: vec4f) {
  let four = index % (ROWS * DEPTH / 4u);
  if (TRANSPOSE_A) {
    tileA[(four / (ROWS / 4u)) * PITCH_A + four / ROWS * SKEW_A + four % (ROWS / 4u)] = value;
  } else {
    let m = four / (DEPTH / 4u);
    let k = (four % (DEPTH / 4u)) * 4u;
    tileA[k * PITCH_A + k / 4u * SKEW_A + m / 4u][m % 4u] = value.x;
    tileA[(k + 1u) * PITCH_A + k / 4u * SKEW_A + m / 4u][m % 4u] = value.y;
    tileA[(k + 2u) * PITCH_A + k / 4u * SKEW_A + m / 4u][m % 4u] = value.z;
    tileA[(k + 3u) * PITCH_A + k / 4u * SKEW_A + m / 4u][m % 4u] = value.w;
  }
}

// The index-th four of a slice of op(b): along k where b is stored [N, K], along n otherwise.
fn fetchB(column0: u32, k0: u32, kEnd: u32, index: u32) -> Stored {
  var value = Stored();
  if (TRANSPOSE_B) {
    let n = column0 + index / (DEPTH / 4u);
    let k = k0 + (index % (DEPTH / 4u)) * 4u;
    if ((WHOLE_N || n < extents.N) && (WHOLE_K || k < kEnd)) { value = b[(n * extents.K + k) / 4u]; }
  } else {
    let k = k0 + index / (COLUMNS / 4u);
    let n = column0 + (index % (COLUMNS / 4u)) * 4u;
    if ((WHOLE_K || k < kEnd) && (WHOLE_N || n < extents.N)) { value = b[(k * extents.N + n) / 4u]; }
  }
  return value;
}

fn storeB(index: u32, value: vec4f) {
  let four = index % (COLUMNS * DEPTH / 4u);
  if (TRANSPOSE_B) {
    let n = four / (DEPTH / 4u);
    let k = (four % (DEPTH / 4u)) * 4u;
    tileB[k * PITCH_B + k / 4u * SKEW_B + n / 4u][n % 4u] = value.x;
    tileB[(k + 1u) * PITCH_B + k / 4u * SKEW_B + n / 4u][n % 4u] = value.y;
    tileB[(k + 2u) * PITCH_B + k / 4u * SKEW_B + n / 4u][n % 4u] = value.z;
    tileB[(k + 3u) * PITCH_B + k / 4u * SKEW_B + n / 4u][n % 4u] = value.w;
  } else {
    tileB[(four / (COLUMNS / 4u)) * PITCH_B + four / COLUMNS * SKEW_B + four % (COLUMNS / 4u)] = value;
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let thread = index % THREADS;
  let column0 = group.x * COLUMNS;
  let row0 = group.y * ROWS;
  let kStart = group.z * extents.K_PART;
  let kEnd = min(extents.K, kStart + extents.K_PART);
  let tx = thread % TX;
  let ty = thread / TX;
  // Of row block r and column block c, the four rows at (r * COLUMN_BLOCKS + c) * 4.
  var acc: array<vec4f, 4u * ROW_BLOCKS * COLUMN_BLOCKS>;
  var nextA: array<Stored, LOADS_A>;
  var nextB: array<Stored, LOADS_B>;
  for (var i = 0u; i < LOADS_A; i++) { // unrolled
    nextA[i] = fetchA(row0, kStart, kEnd, i * THREADS + thread);
  }
  for (var i = 0u; i < LOADS_B; i++) { // unrolled
    nextB[i] = fetchB(column0, kStart, kEnd, i * THREADS + thread);
  }
  // A constant bound and a step of one keep the compiler's guard against endless loops out.
  for (var slice = 0u; slice < ENDLESS; slice++) {
    let k0 = kStart + slice * DEPTH;
    if (k0 >= kEnd) { break; }
    workgroupBarrier();
    for (var i = 0u; i < LOADS_A; i++) { // unrolled
      storeA(i * THREADS + thread, wide(nextA[i]));
    }
    for (var i = 0u; i < LOADS_B; i++) { // unrolled
      storeB(i * THREADS + thread, wide(nextB[i]));
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
    for (var k = 0u; k < DEPTH; k++) { // unrolled
      var right: array<vec4f, COLUMN_BLOCKS>;
      for (var c = 0u; c < COLUMN_BLOCKS; c++) { // unrolled
        right[c] = tileB[k * PITCH_B + (k / 4u) * SKEW_B + c * TX + tx];
      }
      for (var r = 0u; r < ROW_BLOCKS; r++) { // unrolled
        let left = tileA[k * PITCH_A + (k / 4u) * SKEW_A + r * TY + ty];
        for (var i = 0u; i < 4u; i++) { // unrolled
          for (var c = 0u; c < COLUMN_BLOCKS; c++) { // unrolled
            acc[(r * COLUMN_BLOCKS + c) * 4u + i] =
              fma(vec4f(left[i]), right[c], acc[(r * COLUMN_BLOCKS + c) * 4u + i]);
          }
        }
      }
    }
  }
  for (var r = 0u; r < ROW_BLOCKS; r++) { // unrolled
    for (var i = 0u; i < 4u; i++) { // unrolled
      let row = row0 + r * TY * 4u + ty * 4u + i;
      if (WHOLE_M || row < extents.M) {
        for (var c = 0u; c < COLUMN_BLOCKS; c++) { // unrolled
          let column = column0 + c * TX * 4u + tx * 4u;
          if (WHOLE_N || column < extents.N) {
            finish(group.z, row, column, acc[(r * COLUMN_BLOCKS + c) * 4u + i], readBefore(row, column));
          }
        }
      }
    }
  }
}
