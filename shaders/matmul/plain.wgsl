// out[M, N] = op(a)[M, K] . op(b)[K, N] without workgroup memory: faster where the adapter computes on a CPU.
//
// A thread makes 4 rows x 4 columns. Workgroups are numbered along x and y over tiles of 4 rows x 4 columns,
// 64 to a workgroup; z is the part of K. Constants, storage and epilogue as in tiled.wgsl.

@group(0) @binding(0) var<storage, read> a: array<Stored>;
@group(0) @binding(1) var<storage, read> b: array<Stored>;

// Four neighbours on a line of a; zero where there is no such line.
fn fourA(line: u32, lines: u32, length: u32, at: u32) -> vec4f {
  if (line >= lines) { return vec4f(); }
  return wide(a[(line * length + at) / 4u]);
}

fn fourB(line: u32, lines: u32, length: u32, at: u32) -> vec4f {
  if (line >= lines) { return vec4f(); }
  return wide(b[(line * length + at) / 4u]);
}

// Four rows of op(a), each along four k. What is stored along the rows is read so and turned.
fn rowsA(row: u32, k: u32, kEnd: u32) -> mat4x4f {
  if (TRANSPOSE_A) {
    return transpose(mat4x4f(
      fourA(k, kEnd, extents.M, row), fourA(k + 1u, kEnd, extents.M, row),
      fourA(k + 2u, kEnd, extents.M, row), fourA(k + 3u, kEnd, extents.M, row)));
  }
  return mat4x4f(
    fourA(row, extents.M, extents.K, k), fourA(row + 1u, extents.M, extents.K, k), fourA(row + 2u, extents.M, extents.K, k), fourA(row + 3u, extents.M, extents.K, k));
}

// Four k of op(b), each along four columns.
fn columnsB(k: u32, kEnd: u32, column: u32) -> mat4x4f {
  if (TRANSPOSE_B) {
    return transpose(mat4x4f(
      fourB(column, extents.N, extents.K, k), fourB(column + 1u, extents.N, extents.K, k),
      fourB(column + 2u, extents.N, extents.K, k), fourB(column + 3u, extents.N, extents.K, k)));
  }
  return mat4x4f(
    fourB(k, kEnd, extents.N, column), fourB(k + 1u, kEnd, extents.N, column),
    fourB(k + 2u, kEnd, extents.N, column), fourB(k + 3u, kEnd, extents.N, column));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tile = (group.y * groups.x + group.x) * 64u + thread;
  let column = (tile % (extents.N / 4u)) * 4u;
  let row = (tile / (extents.N / 4u)) * 4u;
  if (row >= extents.M) { return; }
  let kStart = group.z * extents.K_PART;
  let kEnd = min(extents.K, kStart + extents.K_PART);
  // Rows of the output stand as columns of a matrix: (B A)[row] = sum over k of A[row][k] B[k].
  var c = mat4x4f();
  for (var block = 0u; block < ENDLESS; block++) {
    let k = kStart + block * 4u;
    if (k >= kEnd) { break; }
    c += columnsB(k, kEnd, column) * rowsA(row, k, kEnd);
  }
  finish(group.z, row, column, c[0], readBefore(row, column));
  if (row + 1u < extents.M) { finish(group.z, row + 1u, column, c[1], readBefore(row + 1u, column)); }
  if (row + 2u < extents.M) { finish(group.z, row + 2u, column, c[2], readBefore(row + 2u, column)); }
  if (row + 3u < extents.M) { finish(group.z, row + 3u, column, c[3], readBefore(row + 3u, column)); }
}
