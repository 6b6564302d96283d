// A picture of the attention matrix, over one segment: the weights of a region of queries and keys, summed over blocks
// of both, and of the same pairs the entropy, the distance from query to key and the weight itself. Only allowed pairs
// are looked at; nothing larger than the picture is kept. Results are added to what is there, window after window.
// Needs common/full.wgsl or common/packed.wgsl, attention/segment.wgsl and attention/lookup.wgsl. Constants: SIDE, the most cells along a side.
//
// Cell i of n over [from, to) begins at from + ceil(i (to - from) / n). A workgroup makes one row of cells of one
// head: a thread takes queries in turn and goes over their keys in runs of BINS cells; then the threads' sums are added
// up in a fixed order. Workgroup (x, y): head of the run, row of cells after the first of this dispatch.

struct View {
  queryFrom: u32,
  queryTo: u32,
  keyFrom: u32,
  keyTo: u32,
  rows: u32,
  columns: u32,
  firstRow: u32,
  batch: u32,
}

@group(0) @binding(0) var<storage, read> qkv: array<Stored>;
@group(0) @binding(1) var<storage, read> lse: array<f32>;               // [B, HEADS, T]
@group(0) @binding(2) var<uniform> view: View;
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;        // [HEAD_COUNT, SIDE, SIDE]
@group(0) @binding(4) var<storage, read_write> statistics: array<f32>;  // [HEAD_COUNT, SIDE, 3]

const THREADS = 64u;
const BINS = 16u;
var<workgroup> parts: array<f32, BINS * THREADS>;

fn queryEdge(row: u32) -> u32 {
  return view.queryFrom + (row * (view.queryTo - view.queryFrom) + view.rows - 1u) / view.rows;
}

fn keyEdge(column: u32) -> u32 {
  return view.keyFrom + (column * (view.keyTo - view.keyFrom) + view.columns - 1u) / view.columns;
}

// No query at `position` or after it sees a key before this.
fn lowestKey(head: u32, position: u32) -> u32 {
  if (GROUP_STEP > 0u && GROUP_STEP < QUERY_STEP) { return 0u; }
  let query = queryOf(position);
  return keyPosition(head, query.x, keyRange(head, query.y).x);
}

fn sumOf(part: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < THREADS; i++) { sum += parts[part * THREADS + i]; }
  return sum;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) thread: u32) {
  let head = FIRST_HEAD + place.x;
  let row = view.firstRow + place.y;
  if (row >= view.rows) { return; }
  let start = queryEdge(row);
  let stop = queryEdge(row + 1u);
  let lowest = lowestKey(head, start);
  var entropy = 0.0;
  var distance = 0.0;
  var mass = 0.0;
  for (var first = 0u; first < view.columns; first += BINS) {
    let end = min(first + BINS, view.columns);
    let keysFrom = keyEdge(first);
    let keysTo = keyEdge(end);
    if (keysFrom >= stop) { break; }
    if (keysTo <= lowest) { continue; }
    var bins = array<f32, BINS>();
    for (var position = start + thread; position < stop; position += THREADS) {
      let query = queryOf(position);
      let seen = keyRange(head, query.y);
      let total = lse[(view.batch * HEADS + head) * T + position];
      var key = max(seen.x, keyRowAt(head, query.x, keysFrom));
      let endKey = min(seen.y, keyRowAt(head, query.x, keysTo));
      var column = first;
      for (; key < endKey; key++) {
        let at = keyPosition(head, query.x, key);
        while (at >= keyEdge(column + 1u)) { column++; }
        let score = scoreOf(head, view.batch * T + position, view.batch * T + at);
        let weight = exp(score - total);
        bins[column - first] += weight;
        entropy += weight * (total - score);
        distance += weight * f32(position - at);
        mass += weight;
      }
    }
    for (var bin = 0u; bin < BINS; bin++) { parts[bin * THREADS + thread] = bins[bin]; }
    workgroupBarrier();
    if (first + thread < end) { sums[(place.x * SIDE + row) * SIDE + first + thread] += sumOf(thread); }
    workgroupBarrier();
  }
  parts[thread] = entropy;
  parts[THREADS + thread] = distance;
  parts[2u * THREADS + thread] = mass;
  workgroupBarrier();
  if (thread < 3u) { statistics[(place.x * SIDE + row) * 3u + thread] += sumOf(thread); }
}
