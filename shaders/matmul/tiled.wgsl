// out[M, N] = op(a)[M, K] . op(b)[K, N], in tiles kept in workgroup memory.
//
// A workgroup of 16 x 16 threads makes a 64 x 64 tile of the output, 16 of K at a time; a thread makes 4 x 4.
// Workgroup (x, y, z): tile column, tile row, and part z of K when K is split.
// Constants: M, N, K, TRANSPOSE_A (a is stored [K, M]), TRANSPOSE_B (b is stored [N, K]), K_PART (K of one
// part, a multiple of 16). M or K may be any number where it counts tokens; all other extents divide by 4.
// An epilogue file supplies  finish(part, row, column, value)  for four neighbouring columns.

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;

const TILE = 64u;
const DEPTH = 16u;
const PITCH = 17u; // vec4s in a row of a tile: 16, and one against bank conflicts

// Tiles stand as [k][m] and [k][n], so that a step of the product reads one vec4 of each.
var<workgroup> tileA: array<vec4f, DEPTH * PITCH>;
var<workgroup> tileB: array<vec4f, DEPTH * PITCH>;

fn loadA(row0: u32, k0: u32, kEnd: u32, thread: u32) {
  if (TRANSPOSE_A) {
    let k = thread / 16u;
    let m = thread % 16u;
    var value = vec4f();
    if (k0 + k < kEnd && row0 + m * 4u < M) { value = a[((k0 + k) * M + row0) / 4u + m]; }
    tileA[k * PITCH + m] = value;
  } else {
    let m = thread / 4u;
    let k = (thread % 4u) * 4u;
    var value = vec4f();
    if (row0 + m < M && k0 + k < kEnd) { value = a[((row0 + m) * K + k0 + k) / 4u]; }
    tileA[(k + 0u) * PITCH + m / 4u][m % 4u] = value.x;
    tileA[(k + 1u) * PITCH + m / 4u][m % 4u] = value.y;
    tileA[(k + 2u) * PITCH + m / 4u][m % 4u] = value.z;
    tileA[(k + 3u) * PITCH + m / 4u][m % 4u] = value.w;
  }
}

fn loadB(column0: u32, k0: u32, kEnd: u32, thread: u32) {
  if (TRANSPOSE_B) {
    let n = thread / 4u;
    let k = (thread % 4u) * 4u;
    var value = vec4f();
    if (column0 + n < N && k0 + k < kEnd) { value = b[((column0 + n) * K + k0 + k) / 4u]; }
    tileB[(k + 0u) * PITCH + n / 4u][n % 4u] = value.x;
    tileB[(k + 1u) * PITCH + n / 4u][n % 4u] = value.y;
    tileB[(k + 2u) * PITCH + n / 4u][n % 4u] = value.z;
    tileB[(k + 3u) * PITCH + n / 4u][n % 4u] = value.w;
  } else {
    let k = thread / 16u;
    let n = thread % 16u;
    var value = vec4f();
    if (k0 + k < kEnd && column0 + n * 4u < N) { value = b[((k0 + k) * N + column0) / 4u + n]; }
    tileB[k * PITCH + n] = value;
  }
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let column0 = group.x * TILE;
  let row0 = group.y * TILE;
  let kStart = group.z * K_PART;
  let kEnd = min(K, kStart + K_PART);
  let tx = thread % 16u;
  let ty = thread / 16u;
  var c0 = vec4f();
  var c1 = vec4f();
  var c2 = vec4f();
  var c3 = vec4f();
  // A constant bound and a step of one keep the compiler's guard against endless loops out.
  for (var block = 0u; block < K_PART / DEPTH; block++) {
    let k0 = kStart + block * DEPTH;
    if (k0 >= kEnd) { break; }
    loadA(row0, k0, kEnd, thread);
    loadB(column0, k0, kEnd, thread);
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let left = tileA[k * PITCH + ty];
      let right = tileB[k * PITCH + tx];
      c0 = fma(vec4f(left.x), right, c0);
      c1 = fma(vec4f(left.y), right, c1);
      c2 = fma(vec4f(left.z), right, c2);
      c3 = fma(vec4f(left.w), right, c3);
    }
    workgroupBarrier();
  }
  let row = row0 + ty * 4u;
  let column = column0 + tx * 4u;
  if (column >= N) { return; }
  if (row < M) { finish(group.z, row, column, c0); }
  if (row + 1u < M) { finish(group.z, row + 1u, column, c1); }
  if (row + 2u < M) { finish(group.z, row + 2u, column, c2); }
  if (row + 3u < M) { finish(group.z, row + 3u, column, c3); }
}
