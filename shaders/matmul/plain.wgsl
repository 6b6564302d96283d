// out[M, N] = op(a)[M, K] . op(b)[K, N] without workgroup memory: faster where the adapter computes on a CPU.
//
// A thread makes 4 rows x 4 columns. Workgroups are numbered along x and y over tiles of 4 rows x 4 columns,
// 64 to a workgroup; z is the part of K. Constants, storage and epilogue as in tiled.wgsl.

@group(0) @binding(0) var<storage, read> a: array<Stored>;
@group(0) @binding(1) var<storage, read> b: array<Stored>;

// Four values of op(a) along k for one row; zero outside.
fn rowA(row: u32, k: u32, kEnd: u32) -> vec4f {
  if (row >= M) { return vec4f(); }
  if (TRANSPOSE_A) {
    var value = vec4f();
    value.x = wide(a[(k * M + row) / 4u])[row % 4u];
    if (k + 1u < kEnd) { value.y = wide(a[((k + 1u) * M + row) / 4u])[row % 4u]; }
    if (k + 2u < kEnd) { value.z = wide(a[((k + 2u) * M + row) / 4u])[row % 4u]; }
    if (k + 3u < kEnd) { value.w = wide(a[((k + 3u) * M + row) / 4u])[row % 4u]; }
    return value;
  }
  return wide(a[(row * K + k) / 4u]);
}

// Four neighbouring columns of op(b) at one k; zero past the end of this part.
fn columnsB(k: u32, kEnd: u32, column: u32) -> vec4f {
  if (k >= kEnd) { return vec4f(); }
  if (TRANSPOSE_B) {
    return vec4f(
      wide(b[(column * K + k) / 4u])[k % 4u], wide(b[((column + 1u) * K + k) / 4u])[k % 4u],
      wide(b[((column + 2u) * K + k) / 4u])[k % 4u], wide(b[((column + 3u) * K + k) / 4u])[k % 4u]);
  }
  return wide(b[(k * N + column) / 4u]);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tile = (group.y * groups.x + group.x) * 64u + thread;
  let column = (tile % (N / 4u)) * 4u;
  let row = (tile / (N / 4u)) * 4u;
  if (row >= M) { return; }
  let kStart = group.z * K_PART;
  let kEnd = min(K, kStart + K_PART);
  var c0 = vec4f();
  var c1 = vec4f();
  var c2 = vec4f();
  var c3 = vec4f();
  for (var block = 0u; block < K_PART / 4u; block++) {
    let k = kStart + block * 4u;
    if (k >= kEnd) { break; }
    let a0 = rowA(row, k, kEnd);
    let a1 = rowA(row + 1u, k, kEnd);
    let a2 = rowA(row + 2u, k, kEnd);
    let a3 = rowA(row + 3u, k, kEnd);
    let b0 = columnsB(k, kEnd, column);
    let b1 = columnsB(k + 1u, kEnd, column);
    let b2 = columnsB(k + 2u, kEnd, column);
    let b3 = columnsB(k + 3u, kEnd, column);
    c0 += a0.x * b0 + a0.y * b1 + a0.z * b2 + a0.w * b3;
    c1 += a1.x * b0 + a1.y * b1 + a1.z * b2 + a1.w * b3;
    c2 += a2.x * b0 + a2.y * b1 + a2.z * b2 + a2.w * b3;
    c3 += a3.x * b0 + a3.y * b1 + a3.z * b2 + a3.w * b3;
  }
  finish(group.z, row, column, c0, readBefore(row, column));
  if (row + 1u < M) { finish(group.z, row + 1u, column, c1, readBefore(row + 1u, column)); }
  if (row + 2u < M) { finish(group.z, row + 2u, column, c2, readBefore(row + 2u, column)); }
  if (row + 3u < M) { finish(group.z, row + 3u, column, c3, readBefore(row + 3u, column)); }
}
